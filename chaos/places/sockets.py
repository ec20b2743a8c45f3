"""On which addresses processes listen, by the kernel's own tables."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

LOOPBACK = {"0100007F", "0" * 24 + "01000000"}
_LISTEN = "0A"


def listening_elsewhere(pids: Iterable[int], least: int) -> list[str]:
    """Return the addresses other than loopback on which one of the processes listens.

    Fail where fewer than `least` are found at all.
    """
    ours = {inode for pid in pids for inode in _sockets(pid)}
    rows = [row for name in ("tcp", "tcp6") for row in _rows(Path("/proc/net") / name)]
    listening = {row[1] for row in rows if row[3] == _LISTEN and row[9] in ours}
    assert len(listening) >= least, listening
    return sorted(address for address in listening if address.split(":")[0] not in LOOPBACK)


def _rows(table: Path) -> list[list[str]]:
    return [line.split() for line in table.read_text().splitlines()[1:]]


def _sockets(pid: int) -> set[str]:
    """Return the inodes of a process's sockets."""
    found = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(handle.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            found.add(target[8:-1])
    return found
