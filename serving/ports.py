"""Free ports of loopback, each given to one asker of this machine."""

from __future__ import annotations

import contextlib
import random
import socket
import sys
from collections import deque

# Below what Linux gives to outgoing connections (32768 on): none of them can take one meanwhile.
_FIRST, _LAST = 20_000, 32_700
_TRIES = 1_000
# Claims end with the process; a supervisor that switches for years keeps the newest alone.
_claims: deque[socket.socket] = deque(maxlen=256)


def free_port() -> int:
    """Return a port of loopback that nothing listens on and no other process was given.

    A port that the kernel picks (`bind` to 0) is free again at once: two test processes, or a
    connection going out, got the same one before its server listened.
    """
    for _ in range(_TRIES):
        port = random.randint(_FIRST, _LAST)  # noqa: S311 - no secret
        if _claimed(port) and _unused(port):
            return port
    raise OSError(f"no free port of loopback between {_FIRST} and {_LAST}")


def _claimed(port: int) -> bool:
    """Whether the port is ours now, by a name that only one process can hold."""
    if sys.platform != "linux":  # names without a file are Linux's own
        return True
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0omni-port-{port}")
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


def _unused(port: int) -> bool:
    with contextlib.suppress(OSError), socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        return True
    return False
