"""Starting the process: what is wrong is said in one line."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def start(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway"],
        cwd=ROOT,
        env=os.environ | {"OMNI_GATEWAY_DB": f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"} | env,
        capture_output=True,
        text=True,
        timeout=20,
    )


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = start(tmp_path, OMNI_PORT=port)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert port in line


@pytest.mark.parametrize(
    ("name", "value"), [("OMNI_TURN_TIMEOUT", "600"), ("OMNI_SECRET", "curto")]
)
def test_a_wrong_setting_is_one_clear_line(tmp_path: Path, name: str, value: str) -> None:
    ended = start(tmp_path, **{name: value})
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert name in line
    assert value not in line or name != "OMNI_SECRET"
