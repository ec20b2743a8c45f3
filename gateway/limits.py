"""How much one session or one address may send, counted in this process.

A bucket that is refilled evenly (the generic cell rate algorithm, ITU-T I.371). The windows of
the `limits` library were measured and do something else: after a burst of five in five seconds
the moving one refuses for five seconds, and the sliding one for zero to five, as the clock has it.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from gateway.access_settings import AccessSettings, Rate

MAX_KEYS = 100_000
# Whoever has one IPv6 address commonly has the whole network of this size.
_IPV6_PREFIX = 64


class Limiter:
    """Counts uses for each key. `clock` gives seconds that never go back.

    Memory: one number for each key used within the last `rate.seconds`, MAX_KEYS at most; past
    that the key unused for longest is forgotten, and may use its whole amount again.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = rate.seconds
        self._interval = rate.seconds / rate.amount
        self._clock = clock
        # When each bucket is full again; in the order of the last use.
        self._full_at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._full_at)

    def wait(self, key: str) -> int:
        """Count a use of `key` and return 0; or count nothing and return whole seconds to wait."""
        now = self._clock()
        self._forget(now)
        full_at = self._full_after(key, now)
        if seconds := self._late(full_at, now):
            return seconds
        self._full_at.pop(key, None)
        self._full_at[key] = full_at
        return 0

    def due(self, key: str) -> int:
        """Return what `wait` would, and count nothing."""
        now = self._clock()
        return self._late(self._full_after(key, now), now)

    def _full_after(self, key: str, now: float) -> float:
        return max(now, self._full_at.get(key, now)) + self._interval

    def _late(self, full_at: float, now: float) -> int:
        late = full_at - now - self._seconds
        # Less is what adding up fractions makes of nothing.
        return math.ceil(late) if late > 1e-6 else 0

    def _forget(self, now: float) -> None:
        # Two for each use: what was used at most once leaves sooner than it comes.
        for _ in range(2):
            oldest = next(iter(self._full_at), None)
            if oldest is None:
                return
            if self._full_at[oldest] > now and len(self._full_at) < MAX_KEYS:
                return
            del self._full_at[oldest]


@dataclass(frozen=True)
class Limits:
    """The limiters of one application."""

    session_messages: Limiter
    session_excess: Limiter
    address_messages: Limiter
    address_sessions: Limiter
    address_requests: Limiter

    def message(self, session: str, host: str | None) -> int:
        """Count a message of `session` from `host`; as Limiter.wait."""
        return self.session_messages.wait(session) or self.address_messages.wait(address_key(host))

    def excess(self, session: str) -> int:
        """Count a message over the limit; return the seconds to wait where it is a flood, else 0.

        What is over the limit may be a repeat, which only the store can tell: it is asked as often
        as messages are taken, and each time counts.
        """
        seconds = self.session_messages.due(session)
        return seconds if seconds and self.session_excess.wait(session) else 0


def build_limits(settings: AccessSettings, clock: Callable[[], float] = time.monotonic) -> Limits:
    """Return the limiters that `settings` asks for."""
    return Limits(
        session_messages=Limiter(settings.session_messages, clock),
        session_excess=Limiter(settings.session_messages, clock),
        address_messages=Limiter(settings.address_messages, clock),
        address_sessions=Limiter(settings.address_sessions, clock),
        address_requests=Limiter(settings.address_requests, clock),
    )


def address_key(host: str | None) -> str:
    """Return what an address is counted by: itself, or for IPv6 its network of 64 bits."""
    try:
        address = ipaddress.ip_address((host or "").partition("%")[0])
    except ValueError:
        return ""
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
