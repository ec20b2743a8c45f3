"""An SQLite store belongs to one process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.store import Store
from gateway.store.lock import ProcessLock, StoreInUse

ROOT = Path(__file__).resolve().parents[2]


def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'gateway.db'}"


async def test_a_second_store_is_refused_until_the_first_is_closed(tmp_path: Path) -> None:
    first, second = Store(url(tmp_path)), Store(url(tmp_path))
    await first.start()
    with pytest.raises(StoreInUse, match=r"gateway\.db"):
        await second.start()
    first.lock()  # who has it may ask again
    await first.stop()
    await second.start()
    await second.stop()


async def test_the_lock_ends_with_its_process_however_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    code = (
        "from pathlib import Path; from gateway.store.lock import ProcessLock; import sys, time\n"
        f"ProcessLock(Path({str(path)!r})).acquire(); print('has it', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.readline() == b"has it\n"
    with pytest.raises(StoreInUse):
        ProcessLock(path).acquire()
    holder.kill()
    holder.wait(10)
    ProcessLock(path).acquire()
