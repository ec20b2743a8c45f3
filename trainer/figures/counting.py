"""Figures of use: what was started, how it came out, and where, between two times."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assistant.dialogue.state import (
    ALREADY_TRIED,
    MENU_NOT_FOUND,
    NO_PERMISSION,
    NOT_RESOLVED,
    SKIPPED,
)
from trainer.figures.alarms import Alarm, find_alarms
from trainer.figures.runs import RESOLUTIONS, Event, Resolution, Run, runs_of


@dataclass(frozen=True)
class Rules:
    """How to count: silence that counts as an end, and when a menu counts as changed.

    An alarm is raised where `people` different people did not find the same menu within `window`.
    """

    silence: timedelta = timedelta(hours=72)
    people: int = 3
    window: timedelta = timedelta(days=7)


@dataclass(frozen=True)
class CheckFigures:
    """One check. All but `menu_people` and `permission_people` count walks.

    `left`: given up here; `silent`: the last check shown before somebody wrote no more.
    """

    check: str
    shown: int = 0
    solved: int = 0
    left: int = 0
    silent: int = 0
    not_resolved: int = 0
    already_tried: int = 0
    skipped: int = 0
    menu_not_found: int = 0
    menu_people: int = 0
    no_permission: int = 0
    permission_people: int = 0


@dataclass(frozen=True)
class ArticleFigures:
    """One article: in how many walks it was shown, and opened."""

    article: str
    shown: int
    opened: int


@dataclass(frozen=True)
class SituationFigures:
    """One situation. Each walk that was started has exactly one of the seven resolutions.

    `solved_by_person`: of those handed over, what people said that the team solved.
    """

    situation: str
    started: int
    people: int
    confirmed: int = 0
    assumed: int = 0
    returned: int = 0
    handed_over: int = 0
    wrong: int = 0
    left: int = 0
    open: int = 0
    solved_by_articles: int = 0
    solved_by_person: int = 0
    left_at_articles: int = 0
    useful: int = 0
    not_useful: int = 0
    checks: tuple[CheckFigures, ...] = ()
    articles: tuple[ArticleFigures, ...] = ()


@dataclass(frozen=True)
class Figures:
    """Everything, between `since` (included) and `until` (not).

    `messages` counts what people typed: understood at once (sure), asked about (torn), not
    understood (neither), refused.
    """

    since: datetime
    until: datetime
    situations: tuple[SituationFigures, ...]
    alarms: tuple[Alarm, ...]
    messages: dict[str, int] = field(default_factory=dict)


def count(
    events: Sequence[Event], since: datetime, until: datetime, now: datetime, rules: Rules = Rules()
) -> Figures:
    """Return the figures of walks that were started from `since` to `until`.

    `events`: in order, from `since` until at least `rules.silence` after `until`, where there are
    that many; `now` is when they were read.
    """
    runs = [run for run in runs_of(events, rules.silence) if since <= run.started < until]
    by_situation: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_situation[run.situation].append(run)
    situations = [
        _of_situation(name, by_situation[name], now, rules.silence) for name in by_situation
    ]
    return Figures(
        since=since,
        until=until,
        situations=tuple(sorted(situations, key=lambda one: (-one.started, one.situation))),
        alarms=find_alarms(
            (event for event in events if since <= event.at < until), rules.people, rules.window
        ),
    )


def _of_situation(
    name: str, runs: Sequence[Run], now: datetime, silence: timedelta
) -> SituationFigures:
    ended = [(run, run.resolution(now, silence)) for run in runs]
    counts = Counter(resolution for _, resolution in ended)
    at_articles = [run for run, how in ended if run.finished and how in ("left", "assumed")]
    return SituationFigures(
        situation=name,
        started=len(runs),
        people=len({run.conversation for run in runs}),
        **{resolution: counts[resolution] for resolution in RESOLUTIONS},
        solved_by_articles=sum(run.solved_by == "articles" for run in runs),
        solved_by_person=sum(run.solved_by == "person" for run in runs),
        left_at_articles=len(at_articles),
        useful=sum(run.useful is True for run in runs),
        not_useful=sum(run.useful is False for run in runs),
        checks=tuple(_checks(ended)),
        articles=tuple(_articles(runs)),
    )


def _checks(ended: Sequence[tuple[Run, Resolution]]) -> Iterable[CheckFigures]:
    order = dict.fromkeys(check for run, _ in ended for check in run.shown)
    order |= dict.fromkeys(e.check for run, _ in ended for e in run.outcomes if e.check)
    return [_check(check, ended) for check in order]


def _check(check: str, ended: Sequence[tuple[Run, Resolution]]) -> CheckFigures:
    here = [(run, how) for run, how in ended if run.check == check and not run.finished]
    said: dict[str, list[str]] = defaultdict(list)
    for run, _ in ended:
        for value in {e.value for e in run.outcomes if e.check == check and e.value}:
            said[value].append(run.conversation)
    return CheckFigures(
        check=check,
        shown=sum(check in run.shown for run, _ in ended),
        solved=sum(run.solved_by == "check" and run.check == check for run, _ in ended),
        left=sum(how == "left" for _, how in here),
        silent=sum(how == "assumed" for _, how in here),
        not_resolved=len(said[NOT_RESOLVED]),
        already_tried=len(said[ALREADY_TRIED]),
        skipped=len(said[SKIPPED]),
        menu_not_found=len(said[MENU_NOT_FOUND]),
        menu_people=len(set(said[MENU_NOT_FOUND])),
        no_permission=len(said[NO_PERMISSION]),
        permission_people=len(set(said[NO_PERMISSION])),
    )


def _articles(runs: Sequence[Run]) -> Iterable[ArticleFigures]:
    shown = Counter(article for run in runs for article in run.articles)
    opened = Counter(article for run in runs for article, was in run.articles.items() if was)
    order = sorted(shown, key=lambda article: (-shown[article], article))
    return [ArticleFigures(article, shown[article], opened[article]) for article in order]
