"""How good the guesses are on the tuning phrases: prints what it measures, asserts round floors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from assistant.guessing import OTHER, read_phrases
from assistant.knowledge import load_knowledge
from assistant.settings import ROOT, Settings
from gateway.conversation import guessing
from gateway.conversation.guessing import Adviser

TUNING = ROOT / "tests" / "nlu" / "tuning"
AMBIGUOUS = ROOT / "tests" / "nlu" / "tuning_ambiguous.yml"


@pytest.fixture(scope="module")
def adviser() -> Adviser:
    return Adviser(Settings())


def shares(found: Sequence[Sequence[str]], about: Sequence[str]) -> tuple[float, float, float]:
    """Return how many got the right one alone, a wrong one alone, and the right among several."""
    pairs = list(zip(found, about, strict=True))
    right = sum(ids == [id] for ids, id in pairs)
    wrong = sum(len(ids) == 1 and ids != [id] for ids, id in pairs)
    among = sum(len(ids) > 1 and id in ids for ids, id in pairs)
    return right / len(pairs), wrong / len(pairs), among / len(pairs)


def test_most_get_their_situation_and_hardly_anybody_a_wrong_one(
    adviser: Adviser, capsys: pytest.CaptureFixture[str]
) -> None:
    phrases = read_phrases(TUNING, load_knowledge(Settings().knowledge_dir).situations)
    about = [(one.text, one.about) for one in phrases if one.about != OTHER]
    others = [one.text for one in phrases if one.about == OTHER]
    found = [adviser.advise(text)["situations"] for text, _ in about]
    right, wrong, among = shares(found, [id for _, id in about])
    opened = sum(bool(adviser.advise(text)["situations"]) for text in others) / len(others)
    with capsys.disabled():
        print(f"\nguesses: right {right:.3f}, wrong {wrong:.3f}, among {among:.3f} of {len(found)}")
        print(f"guesses: of {len(others)} other texts {opened:.3f} get a situation")
    assert right >= 0.85
    assert right + among >= 0.93
    assert wrong <= 0.01
    assert opened <= 0.03


def test_who_is_torn_is_offered_several(adviser: Adviser) -> None:
    cases = yaml.safe_load(Path(AMBIGUOUS).read_text(encoding="utf-8"))
    found = [(adviser.advise(case["text"])["situations"], case["situations"]) for case in cases]
    assert sum(len(ids) == 1 and ids[0] not in fit for ids, fit in found) / len(found) <= 0.03
    assert sum(not set(ids).isdisjoint(fit) for ids, fit in found) / len(found) >= 0.8


def test_it_ends_with_the_gateway_even_while_it_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    parents, ended = iter([7, 7, 1]), []
    monkeypatch.setattr(guessing.os, "getppid", lambda: next(parents))
    monkeypatch.setattr(guessing.os, "_exit", ended.append)
    monkeypatch.setattr(guessing.time, "sleep", lambda _: None)
    guessing._end_after(7)
    assert ended == [0]
