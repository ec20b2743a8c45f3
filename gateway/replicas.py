"""Which of several equal servers is asked: in turn, and those that failed lately last."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import httpx

# Longer than a retry waits, so that the second try of a turn goes to another server.
SHUNNED_SECONDS = 5.0
# A machine that is gone refuses nothing: a connection that long in coming will not come.
CONNECT_SECONDS = 1.0
# With these, nothing was asked yet, so that another one may be.
CANNOT_CONNECT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def patience(seconds: float) -> httpx.Timeout:
    """Return how long to wait for an answer; for a connection it is far less."""
    return httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))


class Replicas:
    """Remembers who was asked last and who failed; the addresses may change at any time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked = 0
        self._failed: dict[str, float] = {}

    def in_order(self, addresses: Sequence[str]) -> list[str]:
        """Return all addresses, the one to ask first at the front."""
        start = self._asked % len(addresses)
        self._asked += 1
        return sorted([*addresses[start:], *addresses[:start]], key=self._is_shunned)

    def failed(self, address: str) -> None:
        """Ask others first for a while."""
        self._failed[address] = self._clock()

    def _is_shunned(self, address: str) -> bool:
        return self._clock() - self._failed.get(address, -SHUNNED_SECONDS) < SHUNNED_SECONDS
