"""A real gateway is killed with a delivery on its way: all of it arrives, and a repeat is known."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from desk_support import ANA, change, write
from test_desk_webhook import SECRET, Tickets, listening, open_case
from visitor import until_true

from gateway.handoff.cases import Cases
from gateway.store import Store
from serving.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


@asynccontextmanager
async def gateway(folder: Path, tickets: Tickets) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the gateway as `make run` does, with a webhook; it is killed at the end."""
    env = os.environ | {
        "OMNI_GATEWAY_DB": f"sqlite+aiosqlite:///{folder / 'gateway.db'}",
        "OMNI_CASES_URL": f"sqlite:///{folder / 'cases.db'}",
        "OMNI_PORT": str(free_port()),
        "OMNI_SECRET": "um segredo só para os testes, nada mais",
        "OMNI_WEBHOOK_URL": tickets.url,
        "OMNI_WEBHOOK_SECRET": SECRET,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", cwd=ROOT, env=env,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def test_killed_between_sending_and_noting(
    one_store: Store, known_cases: Cases, tmp_path: Path
) -> None:
    conversation = await open_case(one_store)
    await write(one_store, conversation, "um", "dois")
    await change(one_store, kind="assumed", state="person", who=ANA)
    await one_store.stop()
    async with listening(Tickets(answers=["hang"])) as tickets:
        async with gateway(tmp_path, tickets) as process:
            await until_true(lambda: tickets.kept, START_SECONDS)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        assert len(tickets.posts) == 1
        async with gateway(tmp_path, tickets):
            await until_true(lambda: len(tickets.posts) == 5, START_SECONDS)
    ids = [headers["Omni-Id"] for headers, _ in tickets.posts]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4
    assert [id.partition(".")[2] for id in ids[1:]] == [
        "event-1", "message-3", "message-4", "event-2",
    ]  # fmt: skip
