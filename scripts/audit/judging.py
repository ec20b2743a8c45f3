"""What pip-audit's report means: a package that was skipped is not a package without faults."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# An accepted finding is looked at again after so many days, or the audit fails.
DAYS = 90
LEAST_REASON = 20
_PIN = re.compile(r"(?m)^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==")
_FIELDS = {"id", "package", "reason", "owner", "date"}


@dataclass(frozen=True)
class Accepted:
    """A finding that somebody decided to live with for now, and why."""

    id: str
    package: str
    reason: str
    owner: str
    date: dt.date

    def has_ended(self, today: dt.date) -> bool:
        """Whether it has to be decided anew."""
        return today > self.date + dt.timedelta(days=DAYS)


@dataclass(frozen=True)
class Finding:
    """A known vulnerability of a pinned package; `ids` are all names that it goes by."""

    package: str
    version: str
    ids: tuple[str, ...]
    fixed_in: tuple[str, ...]

    def __str__(self) -> str:
        fixed = f", fixed in {', '.join(self.fixed_in)}" if self.fixed_in else ", no fix yet"
        return f"{self.package} {self.version}: {self.ids[0]}{fixed}"


@dataclass(frozen=True)
class Verdict:
    """`faults` fail the audit, and so do `unasked`: packages about which nobody was asked."""

    faults: tuple[str, ...]
    unasked: tuple[str, ...]
    accepted: tuple[str, ...]


def judge(
    reports: Sequence[Mapping[str, Any]],
    decided: Sequence[Accepted],
    today: dt.date,
    pinned: Sequence[Collection[str]],
) -> Verdict:
    """Compare what was found with what was accepted; `pinned`: names that each report is to have.

    A report that lacks some says nothing of them, as one that skipped them.
    """
    found: dict[tuple[str, str], Finding] = {}
    unasked: dict[str, str] = {}
    for report, names in zip(reports, pinned, strict=True):
        unasked |= dict.fromkeys(_missing(report, names), "pinned, but not in the report")
        for dependency in report["dependencies"]:
            if reason := dependency.get("skip_reason"):
                unasked[dependency["name"]] = reason
            for finding in _findings(dependency):
                found[finding.package, finding.ids[0]] = finding
    open_ones = [f for f in found.values() if not _acceptance(f, decided)]
    accepted = [f"{f} ({a.reason})" for f in found.values() if (a := _acceptance(f, decided))]
    faults = [str(finding) for finding in open_ones]
    faults += [
        f"{a.id} of {a.package}: accepted {a.date}, decide anew" for a in _ended(decided, today)
    ]
    faults += [
        f"{a.id} of {a.package}: accepted, but no longer found" for a in _gone(decided, found)
    ]
    skipped = [f"{name}: {reason}" for name, reason in unasked.items()]
    return Verdict(tuple(sorted(faults)), tuple(sorted(skipped)), tuple(sorted(accepted)))


def read_pinned(text: str) -> set[str]:
    """Return the names of the packages that a requirements file pins; raise ValueError for none."""
    found = {_plain(name) for name in _PIN.findall(text)}
    if not found:
        raise ValueError("a requirements file pins nothing")
    return found


def read_accepted(path: Path) -> list[Accepted]:
    """Read what was accepted; raise ValueError naming the entry and what it lacks."""
    found = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return [_read(path, number, entry) for number, entry in enumerate(found, 1)]


def _read(path: Path, number: int, entry: Any) -> Accepted:
    if not isinstance(entry, dict) or set(entry) != _FIELDS:
        raise ValueError(f"{path}: entry {number} needs exactly {', '.join(sorted(_FIELDS))}")
    if not isinstance(entry["date"], dt.date):
        raise ValueError(f"{path}: entry {number}: date is no date (2026-11-30)")
    if len(str(entry["reason"])) < LEAST_REASON:
        raise ValueError(f"{path}: entry {number}: reason says too little")
    return Accepted(**entry)


def _missing(report: Mapping[str, Any], names: Collection[str]) -> set[str]:
    return set(names) - {_plain(one["name"]) for one in report["dependencies"]}


def _plain(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _findings(dependency: Mapping[str, Any]) -> Iterator[Finding]:
    for one in dependency.get("vulns", ()):
        ids = (one["id"], *one.get("aliases", ()))
        fixed = tuple(one.get("fix_versions", ()))
        yield Finding(dependency["name"], dependency["version"], ids, fixed)


def _acceptance(finding: Finding, decided: Sequence[Accepted]) -> Accepted | None:
    mine = (a for a in decided if a.package == finding.package and a.id in finding.ids)
    return next(mine, None)


def _ended(decided: Sequence[Accepted], today: dt.date) -> Iterator[Accepted]:
    return (one for one in decided if one.has_ended(today))


def _gone(
    decided: Sequence[Accepted], found: Mapping[tuple[str, str], Finding]
) -> Iterator[Accepted]:
    for one in decided:
        if not any(_acceptance(finding, [one]) for finding in found.values()):
            yield one
