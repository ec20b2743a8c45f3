"""How much is too much: buckets on a clock of the test's own."""

from __future__ import annotations

import pytest

from gateway import limits
from gateway.access_settings import AccessSettings, Rate
from gateway.limits import Limiter, address_key, build_limits


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_five_at_once_and_then_one_a_second(clock: Clock) -> None:
    limiter = Limiter(Rate(5, 5), clock)
    assert [limiter.wait("ana") for _ in range(7)] == [0, 0, 0, 0, 0, 1, 1]
    passed = []
    for tenth in range(1, 51):
        clock.seconds = 1000 + tenth / 10
        if limiter.wait("ana") == 0:
            passed.append(tenth / 10)
    assert passed == [1, 2, 3, 4, 5]


def test_the_burst_comes_back_after_a_pause(clock: Clock) -> None:
    limiter = Limiter(Rate(5, 5), clock)
    for _ in range(5):
        limiter.wait("ana")
    clock.seconds += 3
    assert [limiter.wait("ana") for _ in range(4)] == [0, 0, 0, 1]
    clock.seconds += 60
    assert [limiter.wait("ana") for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_what_is_refused_does_not_count(clock: Clock) -> None:
    limiter = Limiter(Rate(1, 10), clock)
    assert limiter.wait("ana") == 0
    for _ in range(50):
        assert limiter.wait("ana") == 10
    clock.seconds += 10
    assert limiter.wait("ana") == 0


def test_the_wait_is_in_whole_seconds_and_enough(clock: Clock) -> None:
    limiter = Limiter(Rate(30, 60), clock)
    for _ in range(30):
        assert limiter.wait("ana") == 0
    clock.seconds += 0.5
    seconds = limiter.wait("ana")
    assert seconds == 2
    clock.seconds += seconds
    assert limiter.wait("ana") == 0


def test_keys_do_not_count_for_each_other(clock: Clock) -> None:
    limiter = Limiter(Rate(1, 1), clock)
    assert [limiter.wait(key) for key in ("ana", "bia", "ana")] == [0, 0, 1]


def test_what_is_full_again_is_forgotten(clock: Clock) -> None:
    limiter = Limiter(Rate(5, 5), clock)
    for number in range(1000):
        limiter.wait(str(number))
        clock.seconds += 0.1
    assert len(limiter) <= 50


def test_there_is_a_most(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_KEYS", 100)
    limiter = Limiter(Rate(1, 3600), clock)
    for number in range(1000):
        assert limiter.wait(str(number)) == 0
    assert len(limiter) <= 100
    assert limiter.wait("999") > 0
    assert limiter.wait("0") == 0


def test_forgetting_others_changes_nothing_for_who_is_counted(clock: Clock) -> None:
    limiter = Limiter(Rate(2, 4), clock)
    limiter.wait("ana")
    clock.seconds += 1
    limiter.wait("bia")
    limiter.wait("ana")
    clock.seconds += 1
    assert limiter.wait("cid") == 0
    assert limiter.wait("ana") == 0  # one came back
    assert limiter.wait("ana") == 2


def test_a_message_counts_for_its_session_and_for_its_address(clock: Clock) -> None:
    settings = AccessSettings(session_messages=Rate(2, 2), address_messages=Rate(3, 3))
    made = build_limits(settings, clock)
    waits = [made.message(session, "10.0.0.1") for session in ("a", "a", "a", "b", "c")]
    assert waits == [0, 0, 1, 0, 1]
    assert made.message("d", "10.0.0.2") == 0


def test_what_is_due_is_said_and_not_counted(clock: Clock) -> None:
    limiter = Limiter(Rate(2, 10), clock)
    for _ in range(5):
        assert limiter.due("ana") == 0
    assert [limiter.wait("ana") for _ in range(3)] == [0, 0, 5]
    assert [limiter.due("ana"), limiter.due("ana"), limiter.due("bia")] == [5, 5, 0]


def test_a_flood_begins_where_its_repeats_are_spent_too(clock: Clock) -> None:
    made = build_limits(AccessSettings(session_messages=Rate(2, 2)), clock)
    assert made.excess("a") == 0
    assert [made.message("a", None) for _ in range(3)] == [0, 0, 1]
    assert [made.excess("a") for _ in range(4)] == [0, 0, 1, 1]
    assert made.excess("b") == 0
    clock.seconds += 1
    assert made.excess("a") == 0
    assert made.message("a", None) == 0


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("testclient", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_addresses_are_counted_by_network(host: str | None, key: str) -> None:
    assert address_key(host) == key
