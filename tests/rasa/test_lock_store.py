"""The Redis lock: one holder, whatever happens; on a stand-in, and on Redis where it is there."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import pytest
from rasa.core.lock_store import InMemoryLockStore, LockError, LockStore
from rasa.core.utils import AvailableEndpoints
from rasa.utils.endpoints import EndpointConfig
from redis.exceptions import ConnectionError as NoRedis

from rasa_components.stores import lock
from rasa_components.stores.lock import RedisLockStore
from tests.rasa.talking import FIRST, SENDER

KIND = "rasa_components.stores.lock.RedisLockStore"


class MemoryRedis:
    """SET NX PX and the store's two scripts, as Redis carries them out: one at a time."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[str, float]] = {}
        self.down = False

    async def set(self, key: str, value: str, *, nx: bool, px: int) -> bool | None:
        assert nx and px > 0
        if self._get(key) is not None:
            return None
        self.values[key] = value, time.monotonic() + px / 1000
        return True

    async def eval(self, script: str, keys: int, key: str, token: str, *more: int) -> int | None:
        if self._get(key) != token:
            return None
        if script == lock._DELETE:
            del self.values[key]
        else:
            self.values[key] = token, time.monotonic() + more[0] / 1000
        return 1

    def _get(self, key: str) -> str | None:
        if self.down:
            raise NoRedis("away")
        value, end = self.values.get(key, ("", 0.0))
        return value if time.monotonic() < end else None


@pytest.fixture(params=["stand-in", "redis"])
def redis(request: pytest.FixtureRequest) -> Any:
    """What two stores are made with: the same stand-in, or the address of the same server."""
    if request.param == "stand-in":
        return MemoryRedis()
    return request.getfixturevalue("redis_server").url


def test_who_waits_outlasts_a_lock_that_nobody_holds():
    assert lock.WAIT_SECONDS > lock.LIFETIME_SECONDS


def made(redis: Any, **settings: float) -> RedisLockStore:
    """A store as another Rasa server would make it."""
    if isinstance(redis, str):
        return RedisLockStore(EndpointConfig(url=redis, **settings))
    return RedisLockStore(EndpointConfig(**settings), client=redis)


async def test_rasa_makes_it_from_its_endpoints():
    config = EndpointConfig(type=KIND, url="redis://127.0.0.1:1/1", wait=3, lifetime=9)
    store = LockStore.create(config)
    assert isinstance(store, RedisLockStore)
    assert (store.wait, store.lifetime) == (3, 9)


async def test_two_servers_never_hold_it_at_once(redis):
    stores = made(redis), made(redis)
    inside, most, turns = 0, 0, []

    async def one(number: int) -> None:
        nonlocal inside, most
        async with stores[number % 2].lock(SENDER):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1
            turns.append(number)

    await asyncio.gather(*(one(number) for number in range(30)))
    assert most == 1
    assert sorted(turns) == list(range(30))


async def test_other_conversations_do_not_wait(redis):
    store = made(redis, wait=0.2)
    async with store.lock(SENDER), store.lock(FIRST):
        pass


async def test_waiting_ends_with_rasas_error(redis):
    store, other = made(redis), made(redis, wait=0.2)
    async with store.lock(SENDER):
        begin = time.monotonic()
        with pytest.raises(LockError):
            async with other.lock(SENDER):
                pytest.fail("held twice")
        assert 0.15 < time.monotonic() - begin < 2
        with pytest.raises(LockError):  # the one who waited did not free it
            async with other.lock(SENDER):
                pytest.fail("held twice")


async def test_it_is_extended_while_it_is_held(redis):
    store, other = made(redis, lifetime=0.3), made(redis, wait=0.7)
    async with store.lock(SENDER):
        with pytest.raises(LockError):
            async with other.lock(SENDER):
                pytest.fail("it ran out")


async def test_it_is_free_after_an_error_and_after_a_cancelled_turn(redis):
    store = made(redis, wait=0.2)
    with contextlib.suppress(ZeroDivisionError):
        async with store.lock(SENDER):
            raise ZeroDivisionError

    async def hold() -> None:
        async with store.lock(SENDER):
            await asyncio.sleep(60)

    task = asyncio.create_task(hold())
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with store.lock(SENDER):
        pass


async def test_a_dead_holder_frees_it_after_its_lifetime(redis):
    dead, store = made(redis, lifetime=0.2), made(redis, wait=2)
    await dead._take(dead.prefix + SENDER, "a token", 200, 0.01)
    begin = time.monotonic()
    async with store.lock(SENDER):
        assert time.monotonic() - begin > 0.1


async def test_whoever_lost_it_does_not_free_the_next_holders():
    redis = MemoryRedis()
    store, other = made(redis), made(redis, wait=0.1)
    async with contextlib.AsyncExitStack() as stack:
        async with store.lock(SENDER):
            redis.values.clear()  # as FLUSHALL does
            await stack.enter_async_context(other.lock(SENDER))
        with pytest.raises(LockError):
            async with made(redis, wait=0.1).lock(SENDER):
                pytest.fail("freed by one who had lost it")


async def test_without_redis_it_raises_rasas_error_at_once():
    for store in (made("redis://127.0.0.1:1/1"), made(MemoryRedis())):
        if isinstance(store.redis, MemoryRedis):
            store.redis.down = True
        begin = time.monotonic()
        with pytest.raises(LockError):
            async with store.lock(SENDER):
                pytest.fail("held without Redis")
        assert time.monotonic() - begin < lock.SOCKET_SECONDS


async def test_a_redis_that_goes_away_lets_the_turn_end():
    redis = MemoryRedis()
    async with made(redis, lifetime=0.1).lock(SENDER):
        redis.down = True
        await asyncio.sleep(0.1)


async def test_a_redis_that_hangs_raises_in_time(redis_server, monkeypatch):
    monkeypatch.setattr(lock, "SOCKET_SECONDS", 0.3)
    store = made(redis_server.url, lifetime=1)
    async with store.lock(SENDER):
        pass
    with redis_server.frozen():
        begin = time.monotonic()
        with pytest.raises(LockError):
            async with store.lock(SENDER):
                pytest.fail("held without an answer")
        assert time.monotonic() - begin < 2
    async with store.lock(SENDER):  # though Redis may carry out the SET that it was sent
        pass


FROM_ENVIRONMENT = "rasa_components.stores.lock.ChosenLockStore"


@pytest.mark.parametrize(
    ("url", "kind"), [("", InMemoryLockStore), ("redis://127.0.0.1:1/1", RedisLockStore)]
)
async def test_the_environment_says_which(url, kind, monkeypatch):
    monkeypatch.setenv("OMNI_LOCK_URL", url)
    store = LockStore.create(EndpointConfig(type=FROM_ENVIRONMENT, wait=3))
    assert type(store) is kind
    assert getattr(store, "wait", 3) == 3


async def test_its_address_may_be_in_a_file(tmp_path, monkeypatch):
    (tmp_path / "url").write_text("redis://:senha@127.0.0.1:1/7\n")
    monkeypatch.setenv("OMNI_LOCK_URL_FILE", str(tmp_path / "url"))
    store = LockStore.create(EndpointConfig(type=FROM_ENVIRONMENT))
    assert store.redis.connection_pool.connection_kwargs["db"] == 7


def test_the_committed_endpoints_name_it_and_the_action_server(monkeypatch):
    monkeypatch.setenv("OMNI_ACTIONS_URL", "http://127.0.0.1:7055")
    found = AvailableEndpoints.read_endpoints("endpoints.yml")
    assert found.lock_store.type == FROM_ENVIRONMENT
    assert found.action.url == "http://127.0.0.1:7055/webhook"
