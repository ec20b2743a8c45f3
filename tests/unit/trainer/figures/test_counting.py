"""Figures of a history made by hand, whose results are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from trainer.figures.counting import Figures, Rules, SituationFigures, count
from trainer.figures.runs import RESOLUTIONS, Event, runs_of

MONDAY = datetime(2026, 11, 2, 9, tzinfo=timezone.utc)
SUNDAY = MONDAY + timedelta(days=6, hours=15)
MUCH_LATER = MONDAY + timedelta(days=30)
HOURS = timedelta(hours=1)


class History:
    """Events of several people, each a minute after the one before."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def walk(self, person: str, *steps: tuple, at: datetime = MONDAY, situation="s") -> datetime:
        """Let someone walk: steps of (kind, check, value); return when it ended."""
        steps = (("started",), *steps)
        for n, (kind, *rest) in enumerate(steps):
            check, value = (*rest, None, None)[:2]
            when = at + timedelta(minutes=n)
            message = f"{person}-{when:%d%H%M}"
            self.events.append(Event(message, person, when, kind, situation, check, value))
        return when

    def figures(self, now: datetime = MUCH_LATER, **rules) -> Figures:
        events = sorted(self.events, key=lambda event: event.at)
        return count(events, MONDAY, SUNDAY, now, Rules(**rules))

    def of(self, situation: str = "s", **more) -> SituationFigures:
        return next(f for f in self.figures(**more).situations if f.situation == situation)


@pytest.fixture
def history() -> History:
    return History()


A, B = ("shown", "a"), ("shown", "b")
NOT_A = ("outcome", "a", "not_resolved")
SOLVED_B = (("outcome", "b", "resolved"), ("solved", "b", "check"))


def resolutions(found: SituationFigures) -> dict[str, int]:
    return {name: getattr(found, name) for name in RESOLUTIONS if getattr(found, name)}


def test_a_week_of_ten_people(history):
    history.walk("1", A, NOT_A, B, *SOLVED_B)
    history.walk("2", A, NOT_A, B, *SOLVED_B, ("feedback", None, "useful"))
    history.walk("3", A)  # silence
    history.walk("4", A, ("outcome", "a", "menu_not_found"))  # stuck, then silence
    history.walk("5", A, ("stopped", "a"))
    history.walk("6", A, ("wrong_situation", "a"))
    history.walk("7", A, NOT_A, B, ("handed_over", "b"))
    end = history.walk("8", A, NOT_A, B, *SOLVED_B)
    history.walk("8", A, NOT_A, B, ("handed_over", "b"), at=end + 24 * HOURS)
    history.walk("9", A, NOT_A, ("article", None, "x"), ("article", None, "y"), ("finished", "a"),
                 ("opened", None, "x"), ("solved", "a", "articles"))  # fmt: skip
    history.walk("10", A, NOT_A, ("article", None, "x"), ("finished", "a"))
    found = history.of()
    assert (found.started, found.people) == (11, 10)
    assert resolutions(found) == {
        "confirmed": 3, "assumed": 2, "returned": 1, "handed_over": 2, "wrong": 1, "left": 2
    }  # fmt: skip
    assert sum(resolutions(found).values()) == found.started
    assert (found.solved_by_articles, found.left_at_articles) == (1, 1)
    assert (found.useful, found.not_useful) == (1, 0)
    a, b = found.checks
    assert (a.check, a.shown, a.solved, a.left, a.silent, a.not_resolved) == ("a", 11, 0, 2, 1, 7)
    assert (a.menu_not_found, a.menu_people, a.no_permission) == (1, 1, 0)
    assert (b.check, b.shown, b.solved, b.left, b.silent) == ("b", 5, 3, 0, 0)
    assert [(x.article, x.shown, x.opened) for x in found.articles] == [("x", 2, 1), ("y", 1, 0)]


@pytest.mark.parametrize(("hours", "expected"), [(71, {"open": 1}), (73, {"assumed": 1})])
def test_silence_is_taken_for_a_solution_only_after_three_days(history, hours, expected):
    end = history.walk("1", A)
    assert resolutions(history.of(now=end + hours * HOURS)) == expected


@pytest.mark.parametrize(("hours", "first"), [(71, "returned"), (73, "confirmed")])
def test_who_comes_back_within_three_days_was_not_helped(history, hours, first):
    end = history.walk("1", A, ("solved", "a", "check"))
    history.walk("1", A, ("solved", "a", "check"), at=end + hours * HOURS)
    runs = runs_of(history.events, timedelta(hours=72))
    assert [run.resolution(MUCH_LATER, timedelta(hours=72)) for run in runs] == [first, "confirmed"]


def test_another_problem_is_no_coming_back(history):
    end = history.walk("1", A, ("solved", "a", "check"))
    history.walk("1", A, at=end + HOURS, situation="t")
    history.walk("2", A, at=end + HOURS)
    assert resolutions(history.of()) == {"confirmed": 1, "assumed": 1}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((("solved", "a", "check"), ("reopened", "a")), "returned"),
        ((("solved", "a", "check"), ("reopened", "a"), ("solved", "a", "check")), "confirmed"),
        ((("solved", "a", "check"), ("reopened", "a"), ("handed_over", "a")), "handed_over"),
        ((("stopped", "a"), ("resumed", "a"), ("solved", "a", "check")), "confirmed"),
        ((("stopped", "a"), ("resumed", "a")), "assumed"),
        ((("stopped", "a"), ("handed_over", "a")), "handed_over"),
        ((("handed_over", "a"), ("solved", None, "person")), "handed_over"),
        ((("switched", "a", "t"),), "left"),
        ((("outcome", "a", "no_permission"),), "left"),
        ((("outcome", "a", "no_permission"), ("outcome", "a", "skipped"), B), "assumed"),
        ((("feedback", None, "not_useful"),), "left"),
    ],
)
def test_how_a_walk_comes_out(history, steps, expected):
    history.walk("1", A, *steps)
    assert resolutions(history.of()) == {expected: 1}


def test_going_back_to_a_check_is_where_it_was_left(history):
    history.walk("1", A, NOT_A, B, ("shown", "a"), ("stopped", "a"))
    a, b = sorted(history.of().checks, key=lambda check: check.check)
    assert (a.shown, a.left, b.shown, b.left) == (1, 1, 1, 0)


def test_only_walks_that_began_between_the_dates_count(history):
    history.walk("1", A, at=MONDAY - timedelta(minutes=1))
    history.walk("2", A, at=MONDAY)
    history.walk("3", A, at=SUNDAY)
    assert history.of().started == 1
    assert History().figures().situations == ()


def test_what_began_before_the_events_is_left_out(history):
    history.events.append(Event("m", "1", MONDAY, "solved", "s", "a"))
    assert history.figures().situations == ()


# The alarm


def lost(history: History, person: str, day: float, check: str = "a") -> None:
    at = MONDAY + timedelta(days=day)
    history.walk(person, ("shown", check), ("outcome", check, "menu_not_found"), at=at)


def test_three_people_who_cannot_find_a_menu_raise_an_alarm(history):
    for person, day in (("1", 0), ("2", 1), ("3", 2)):
        lost(history, person, day)
    (alarm,) = history.figures().alarms
    assert (alarm.situation, alarm.check, alarm.people) == ("s", "a", 3)
    assert (alarm.first.day, alarm.last.day) == (2, 4)
    assert history.figures(people=4).alarms == ()
    assert history.figures(window=timedelta(days=1)).alarms == ()


def test_one_person_three_times_or_other_menus_are_no_alarm(history):
    for day in (0, 1, 2):
        lost(history, "1", day)
    for person, check in (("2", "b"), ("3", "c")):
        lost(history, person, 1, check)
    assert history.figures().alarms == ()


def test_the_worst_window_is_told(history):
    for person, day in (("1", 0), ("2", 0.1), ("3", 3), ("4", 3.1), ("5", 3.2)):
        lost(history, person, day)
    (alarm,) = history.figures(window=timedelta(days=1)).alarms
    assert (alarm.people, alarm.first.day) == (3, 5)


def test_figures_of_many_events_are_quick(history):
    for n in range(5000):
        history.walk(str(n), A, NOT_A, B, *SOLVED_B)
    found = history.of()
    assert (found.started, found.confirmed) == (5000, 5000)
    assert replace(found, checks=(), articles=()).people == 5000
