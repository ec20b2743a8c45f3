"""A port that is given to one process is given to no other."""

from __future__ import annotations

import random
import socket
import subprocess
import sys

import pytest

from serving import ports
from serving.ports import free_port

_ANOTHER = """
import random, sys
random.seed(7)
from serving.ports import free_port
print(*[free_port() for _ in range(100)], flush=True)
sys.stdin.read()
"""


def test_two_processes_get_other_ports() -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", _ANOTHER]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as another:
        assert another.stdout
        theirs = {int(port) for port in another.stdout.readline().split()}
        random.seed(7)  # the same ports are tried in the same order
        ours = {free_port() for _ in range(100)}
        another.communicate("")
    assert len(theirs) == len(ours) == 100
    assert not theirs & ours


def test_no_port_that_somebody_listens_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        tried = iter([taken, 31_987, 31_988, 31_989])
        monkeypatch.setattr(random, "randint", lambda *_: next(tried))
        assert free_port() in {31_987, 31_988, 31_989}


def test_none_left_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_unused", lambda port: False)
    with pytest.raises(OSError, match="no free port"):
        free_port()
