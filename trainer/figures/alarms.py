"""Several people who cannot find the same menu: the product changed, and a check is wrong now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assistant.dialogue.state import MENU_NOT_FOUND
from trainer.figures.runs import Event


@dataclass(frozen=True)
class Alarm:
    """A menu that `people` different people did not find, within the window that has most."""

    situation: str
    check: str
    people: int
    first: datetime
    last: datetime


def find_alarms(events: Iterable[Event], people: int, window: timedelta) -> tuple[Alarm, ...]:
    """Return an alarm for each check whose menu `people` did not find within some `window`."""
    reports: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        if event.kind == "outcome" and event.value == MENU_NOT_FOUND and event.check:
            reports[event.situation or "", event.check].append(event)
    worst = (_worst(*place, found, window) for place, found in reports.items())
    alarms = [alarm for alarm in worst if alarm.people >= people]
    return tuple(sorted(alarms, key=lambda one: (-one.people, one.situation, one.check)))


def _worst(situation: str, check: str, reports: Sequence[Event], window: timedelta) -> Alarm:
    """Return the window in which most people reported it, the newest of equal ones."""
    found = []
    for last in reports:
        within = [event for event in reports if last.at - window < event.at <= last.at]
        people = len({event.conversation for event in within})
        found.append(Alarm(situation, check, people, within[0].at, last.at))
    return max(found, key=lambda alarm: (alarm.people, alarm.last))
