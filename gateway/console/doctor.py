"""What the doctor finds in the project as it stands, asked anew only where a file has changed."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.settings import ROOT
from gateway.console.library import Stamp, stamp
from gateway.console.places import item_at, place_of
from trainer.check import FAIL, PASS, WARN
from trainer.check.result import Result
from trainer.check.result import say as doctor_says

WAIT_SECONDS = 120.0
_ORDER = (FAIL, WARN, PASS)


@dataclass(frozen=True)
class Rule:
    """One rule of the doctor's: its title, its worst level, and what it found."""

    title: str
    level: str
    findings: tuple[tuple[Result, str], ...]  # each with the page on which it can be mended

    @property
    def size(self) -> int:
        """How much it found."""
        return len(self.findings)

    def some(self, wanted: Callable[[Result], bool]) -> Rule:
        """Return the rule with the findings that are wanted."""
        return replace(self, findings=tuple(pair for pair in self.findings if wanted(pair[0])))


@dataclass(frozen=True)
class Diagnosis:
    """All rules, those with something to mend first."""

    rules: tuple[Rule, ...]

    def count(self, level: str) -> int:
        """Return how many findings of a level there are."""
        return sum(found.level == level for rule in self.rules for found, _ in rule.findings)

    @property
    def fails(self) -> int:
        """How much must be mended."""
        return self.count(FAIL)

    @property
    def warnings(self) -> int:
        """How much is worth a look."""
        return self.count(WARN)

    def about(self, situation: str) -> list[tuple[Result, str]]:
        """Return what was found in the files of a situation."""
        name = f"/{situation}.yml"
        return [pair for rule in self.rules for pair in rule.findings
                if pair[0].file.endswith(name) or pair[0].place == situation]  # fmt: skip


class Doctor:
    """Examines the project below `root`, one examination at a time."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._alone = asyncio.Lock()
        self._kept: tuple[Stamp, Diagnosis] | None = None

    async def examine(self) -> Diagnosis:
        """Return what is found now; raise RuntimeError where the doctor could not look."""
        async with self._alone:
            now = await asyncio.to_thread(stamp, self._root)
            if self._kept is None or self._kept[0] != now:
                self._kept = now, diagnosis(await self._examined(), self._root)
            return self._kept[1]

    async def known(self) -> Diagnosis | None:
        """Return what was found, None where a file has changed since."""
        now = await asyncio.to_thread(stamp, self._root)
        return self._kept[1] if self._kept and self._kept[0] == now else None

    async def _examined(self) -> list[Result]:
        command = (sys.executable, "-W", "ignore", "-m", "gateway.console.doctoring")
        process = await asyncio.create_subprocess_exec(
            *command, str(self._root), cwd=ROOT, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
        )
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                said, _ = await process.communicate()
        except (TimeoutError, asyncio.CancelledError):
            process.kill()
            raise
        if process.returncode:
            raise RuntimeError(f"the doctor ended with {process.returncode}")
        found: list[dict[str, Any]] = json.loads(said)
        return [Result(**one) for one in found]


def diagnosis(results: list[Result], root: Path) -> Diagnosis:
    """Return the results by rule, each with where it is mended."""
    by_rule: dict[str, list[Result]] = {}
    for one in results:
        by_rule.setdefault(one.rule, []).append(one)
    rules = [_rule(name, found, root) for name, found in by_rule.items()]
    return Diagnosis(tuple(sorted(rules, key=lambda rule: _ORDER.index(rule.level))))


def _rule(name: str, found: list[Result], root: Path) -> Rule:
    level = min((one.level for one in found), key=_ORDER.index)
    findings = [(one, _where(one, root)) for one in found if one.level != PASS]
    ordered = sorted(findings, key=lambda pair: pair[0].level != FAIL)
    return Rule(doctor_says(f"title_{name}"), level, tuple(ordered))


def _where(one: Result, root: Path) -> str:
    item = ""
    if one.line and one.file.startswith("knowledge/"):
        item = item_at((root / one.file).read_text(encoding="utf-8").splitlines(), one.line)
    return place_of(one.file, one.place, one.text, item)
