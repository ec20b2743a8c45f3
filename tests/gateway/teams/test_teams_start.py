"""The gateway starts with a Teams app and no network, and says in one line what is wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from serving.ports import free_port
from tests.support.teams.signing import APP_ID, TENANT, Signer, claims_for

ROOT = Path(__file__).resolve().parents[3]
SET = {
    "OMNI_TEAMS_APP_ID": APP_ID,
    "OMNI_TEAMS_TENANT": TENANT,
    "OMNI_TEAMS_APP_SECRET": "um segredo",
    "OMNI_TEAMS_CASES_CHANNEL": "19:casos@thread.tacv2",
}
# Where nobody listens: every question to Microsoft would fail at once, or hang.
NOWHERE = {
    "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"
}  # fmt: skip


def _start(tmp_path, **more):
    port = free_port()
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "OMNI_PORT": str(port)}
    env |= {"OMNI_GATEWAY_DB": f"sqlite+aiosqlite:///{tmp_path / 'gateway.db'}", **NOWHERE, **more}
    env |= {"OMNI_CASES_URL": f"sqlite:///{tmp_path / 'cases.db'}", "OMNI_SECRET": "x" * 32}
    command = [sys.executable, "-m", "gateway"]
    pipe = subprocess.PIPE
    return port, subprocess.Popen(command, cwd=ROOT, env=env, stdout=pipe, stderr=pipe, text=True)


def _answer(port, process, path, **request):
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            return httpx.request(url=f"http://127.0.0.1:{port}{path}", timeout=20, **request)
        except httpx.ConnectError:
            time.sleep(0.1)
    raise AssertionError(process.stderr.read() if process.poll() is not None else "too slow")


@pytest.mark.parametrize("set_", [SET, {}], ids=["with Teams", "without"])
def test_it_starts_without_a_network(tmp_path, set_):
    port, process = _start(tmp_path, **set_)
    try:
        assert _answer(port, process, "/healthz", method="GET").status_code == 200
        there = _answer(port, process, "/teams/messages", method="POST", json={})
        assert there.status_code == (400 if set_ else 404)
    finally:
        process.terminate()
        # Uvicorn ends in order, and then by the signal that it was sent.
        assert process.wait(20) in (0, -signal.SIGTERM)


def test_who_cannot_be_checked_is_told_to_come_again(tmp_path):
    port, process = _start(tmp_path, **SET)
    try:
        url = "https://smba.trafficmanager.net/br/"
        token = Signer("any").token(claims_for(url))
        activity = {"type": "message", "conversation": {"id": "a:1"}, "serviceUrl": url}
        headers = {"Authorization": f"Bearer {token}"}
        answer = _answer(
            port, process, "/teams/messages", method="POST", json=activity, headers=headers
        )
        assert answer.status_code == 503
    finally:
        process.terminate()
        process.wait(20)


def test_a_missing_setting_ends_the_start_with_one_line(tmp_path):
    _, process = _start(tmp_path, OMNI_TEAMS_APP_ID=APP_ID)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert (
        said.strip() == "gateway: OMNI_TEAMS_TENANT: falta o ID do diretório (locatário) do Entra"
    )
