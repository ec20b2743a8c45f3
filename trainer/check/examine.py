"""Runs every rule and sums up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.settings import ROOT
from trainer.check import accents, balance, ids, knowledge, phrases, reading, texts, unfilled
from trainer.check.project import Project
from trainer.check.result import FAIL, PASS, WARN, Findings, Result, say

# In the order in which they are told: what makes others fail comes first.
RULES: dict[str, Callable[[Project], Findings]] = {
    "readable": reading.readable,
    "unfilled": unfilled.unfilled,
    "knowledge": knowledge.faults,
    "ways": knowledge.ways,
    "ids": ids.agree,
    "rules": ids.one_rule_each,
    "enough": balance.enough,
    "balanced": balance.balanced,
    "sound": phrases.sound,
    "once": phrases.once,
    "alike": phrases.alike,
    "apart": phrases.apart,
    "nearly_apart": phrases.nearly_apart,
    "ambiguous": phrases.ambiguous,
    "personal": phrases.personal,
    "responses": texts.responses,
    "labels": texts.labels,
    "accents": accents.accents,
}


@dataclass(frozen=True)
class Report:
    """All findings, and a `pass` for each rule without any."""

    results: tuple[Result, ...]

    def of(self, level: str) -> list[Result]:
        """Return the findings of one level."""
        return [result for result in self.results if result.level == level]

    @property
    def failed(self) -> bool:
        """Whether anything must be mended."""
        return bool(self.of(FAIL))

    def level(self, rule: str) -> str:
        """Return the worst level of a rule."""
        levels = {result.level for result in self.results if result.rule == rule}
        return next(level for level in (FAIL, WARN, PASS) if level in levels)


def examine(root: Path = ROOT) -> Report:
    """Return what every rule finds below `root`; it never raises for what trainers wrote."""
    project = Project(root)
    results: list[Result] = []
    for name, rule in RULES.items():
        found = [finding.told(name) for finding in rule(project)]
        results += found or [Result(PASS, name, "", "", say(f"title_{name}"), "")]
    return Report(tuple(results))
