"""A poisoned example set, all of one intent's phrases moved to another, does not get through."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from assistant.settings import ROOT
from trainer.check import FAIL
from trainer.check.examine import examine
from trainer.evaluate import gate
from trainer.evaluate.heldout import Phrase, read_heldout
from trainer.evaluate.measure import figure, measure
from trainer.judging import fitted
from trainer.phrases import read_phrases

VICTIM, OTHER = "slowness", "licenses"
# Fitting all takes minutes on a busy machine.
SOME = {VICTIM, OTHER, "email_rules", "chat_attachments", "module_access"}
Pairs = tuple[tuple[str, str], ...]


@lru_cache(maxsize=4)
def evaluation(training: Pairs) -> dict[str, Any]:
    """Measure each situation's held-out phrases with what is learnt from `training`."""
    model, phrases = fitted(training), held_out()
    best = model.probabilities([p.text for p in phrases]).argmax(axis=1)
    right = {p.text: model.classes[i] == p.intent for i, p in zip(best, phrases, strict=True)}
    intents = sorted({p.intent for p in phrases})
    rows = [
        _measured(intent, [p for p in phrases if p.intent == intent], right) for intent in intents
    ]
    return {"figures": [], "intents": rows, "date": "2026-11-29", "commit": "?"}


def _measured(intent: str, some: Sequence[Phrase], right: dict[str, bool]) -> dict[str, Any]:
    return figure(measure(f"intent/{intent}", ((p.text, right[p.text]) for p in some)))


def held_out() -> list[Phrase]:
    return [p for p in read_heldout(ROOT / "tests/nlu") if p.intent in SOME]


def clean() -> Pairs:
    return tuple(pair for pair in read_phrases(ROOT / "data/situations") if pair[0] in SOME)


def moved(training: Pairs) -> Pairs:
    return tuple((OTHER if intent == VICTIM else intent, text) for intent, text in training)


def swapped(training: Pairs) -> Pairs:
    names = {VICTIM: OTHER, OTHER: VICTIM}
    return tuple((names.get(intent, intent), text) for intent, text in training)


def failed(training: Pairs, tmp_path: Path) -> list[str]:
    """Return which figures the gate fails, compared with the clean phrases' accepted report."""
    gate.accept(evaluation(clean()), tmp_path / "accepted.json")
    accepted = yaml.safe_load((tmp_path / "accepted.json").read_text(encoding="utf-8"))
    rows = gate.compare(accepted, evaluation(training))
    return [row["key"] for row in rows if row["failed"] and row["new"] is not None]


def test_the_gate_stops_phrases_that_were_moved(tmp_path: Path) -> None:
    assert f"intent/{VICTIM}" in failed(moved(clean()), tmp_path)


def test_the_gate_stops_phrases_that_were_swapped(tmp_path: Path) -> None:
    assert {f"intent/{VICTIM}", f"intent/{OTHER}"} <= set(failed(swapped(clean()), tmp_path))


def test_the_gate_lets_the_clean_phrases_through(tmp_path: Path) -> None:
    assert failed(clean(), tmp_path) == []


def test_the_doctor_sees_an_intent_that_lost_its_phrases(copy: Path) -> None:
    assert not _lost(copy)
    victim, other = (copy / f"data/situations/{name}.yml" for name in (VICTIM, OTHER))
    content = yaml.safe_load(victim.read_text(encoding="utf-8"))
    examples = content["nlu"][0]["examples"]
    content["nlu"][0]["examples"] = ""
    victim.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    more = yaml.safe_load(other.read_text(encoding="utf-8"))
    more["nlu"][0]["examples"] += examples
    other.write_text(yaml.safe_dump(more, allow_unicode=True), encoding="utf-8")
    assert _lost(copy)


def _lost(folder: Path) -> bool:
    """Whether the doctor says that the victim has too few examples."""
    found = [one for one in examine(folder).of(FAIL) if one.rule == "enough"]
    return any(VICTIM in f"{one.where} {one.text}" for one in found)
