"""The page holds together on its own, says what failed, and is the same for the same run."""

from __future__ import annotations

import re
from typing import Any

import pytest

from trainer.evaluate.gate import KEPT, compare
from trainer.evaluate.measure import figure, measure
from trainer.evaluate.noise import KINDS
from trainer.evaluate.page import chance, html, number, summary, thousands
from trainer.evaluate.understood import Missed, Understood
from trainer.evaluate.wording import wording

TITLES = {"licenses": "Sem licenças"}
PHRASES = [f"frase <{i}>" for i in range(30)]


def rows(right: int) -> list[tuple[str, float]]:
    return [(text, float(i < right)) for i, text in enumerate(PHRASES)]


def evaluation(right: int = 28, **more: Any) -> dict[str, Any]:
    noise = [figure(measure(f"noise/{kind}", [("a", 0.0), ("b", 0.33)])) for kind in KINDS]
    intent = measure("intent/licenses", rows(right))
    point = {"sure": 0.5, "coverage": 0.9, "risk": 0.01}
    wrong = {"text": "<b>lento</b>", "way": "wrong", "confidence": 0.8}
    return {
        "date": "2026-11-22T12:00+00:00", "commit": "abc", "training": 12345, "quick": False,
        "heldout": {"situation": 30, "queries": 3}, "same_twice": True,
        "figures": [figure(measure("situation_first", rows(right))), *noise],
        "intents": [{**figure(intent), "texts": list(intent.texts)}],
        "timings": [],
        "baselines": [{"name": "DIET", "first": 0.8, "n": 30, "low": 0.7, "high": 0.9,
                       "measured": "2026-11-21", "source": "aqui", "train_seconds": None}],
        "reliability": {"bins": [{"n": 3, "confidence": 0.9, "right": 1.0, "low": 0.5, "high": 1}],
                        "ece": 0.1, "n": 3},
        "risk": {"points": [point], "confident": [point], "chosen": point},
        "curve": {"fractions": [0.5, 1.0], "overall": [{"share": 0.9, "low": 0.8, "high": 1.0}] * 2,
                  "situations": [{"situation": "licenses", "n": 30, "training": 99,
                                  "shares": [0.9, 0.95], "gain": 0.004, "error": 0.001}]},
        "table": [{"intent": "licenses", "kind": "situation", "n": 30, "right": right, "asked": 1,
                   "refused": 0, "wrong": 1, "first": 29, "low": 0.8, "high": 1.0,
                   "taken": [["slowness", 1]]}],
        "confusions": [{"intent": "licenses", "taken": "slowness", "phrases": [
            {**wrong, "nearest": [{"text": "tudo lento", "cosine": 0.5}]}]}],
        "not_offered": [{"text": "sem acesso", "way": "refused", "accepted": ["licenses"],
                         "taken": "stop"}],
        "retrieval_misses": [{"query": "senha", "wanted": "a", "found": "b", "rank": 0}],
        **more,
    }  # fmt: skip


def accepted(found: dict[str, Any]) -> dict[str, Any]:
    scores = [*found["figures"], *found["intents"]]
    kept = {row["key"]: {name: row[name] for name in KEPT} for row in scores}
    return {"accepted": "2026-11-01", "commit": "old", "scores": kept}


def page(found: dict[str, Any], before: dict[str, Any] | None) -> str:
    changes = compare(before, found) if before else []
    return html(found, changes, before, wording(), TITLES)


def test_nothing_comes_from_elsewhere():
    made = page(evaluation(), accepted(evaluation()))
    assert "<script" not in made
    assert not re.findall(r'(?:src|href)="(?!#|data:)[^"]*"|url\((?!#)|@import', made)


def test_phrases_are_escaped_and_plots_are_not():
    made = page(evaluation(20), accepted(evaluation()))
    assert "&lt;b&gt;lento" in made and "<b>lento" not in made
    assert made.count("<svg") == 6
    assert "#010101" not in made and "var(--ink)" in made


def test_the_same_run_gives_the_same_page():
    assert page(evaluation(), None) == page(evaluation(), None)


def test_ids_that_a_plot_refers_to_are_its_own():
    ids = re.findall(r' id="([^"]+)"', page(evaluation(), None))
    assert len(ids) == len(set(ids))


def test_a_drop_is_named_with_its_phrases_and_both_intervals():
    found, before = evaluation(20), accepted(evaluation())
    made = page(found, before)
    assert "piora além do acaso" in made and "8 frases" in made
    said = summary(found, compare(before, found), before, "x.html", TITLES)
    lines = said.splitlines()
    failed = [line for line in lines if line.startswith("FALHA")]
    assert len(failed) == 2
    assert "Sem licenças" in failed[0] and "situação certa" in failed[1]
    assert re.search(r"piorou de 93,3 % \[.+\] \(n = 30\) para 66,7 % \[.+\]", failed[0])


def test_a_changed_set_of_phrases_is_said():
    before = accepted(evaluation())
    before["scores"]["situation_first"]["phrases"] = "others"
    assert "outras frases" in page(evaluation(), before)
    said = summary(evaluation(), compare(before, evaluation()), before, "x", TITLES)
    assert "A maior parte das frases" in said and "Nenhuma piora" in said


def test_a_quick_run_says_that_the_curve_is_missing():
    quick = evaluation(quick=True, curve=None, same_twice=None)
    for said in (page(quick, None), summary(quick, [], None, "x", TITLES)):
        assert "Medição rápida" in said and "mesmo modelo" not in said
    assert "mesmo modelo" in page(evaluation(), None)


def test_a_new_situation_is_told_apart_and_no_id_is_shown():
    missed = (Missed("<i>o ramal", "wrong", "licenses"),)
    news = [Understood("ramal", 8, 16, missed, new=True)]
    titles = {**TITLES, "ramal": "Ramal mudo"}
    made = html(evaluation(), [], accepted(evaluation()), wording(), titles, news)
    assert "<b>Ramal mudo</b>: 8 de 16 frases de medição entendidas" in made
    assert "&lt;i&gt;o ramal" in made and "errou; pareceu Sem licenças" in made
    assert "ainda é pouco" in made and "<code>licenses" not in made
    said = summary(evaluation(), [], accepted(evaluation()), "x", titles, news)
    assert "NOVA   Ramal mudo: 8 de 16" in said and "“<i>o ramal”" in said


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.9873, "share", "98,7"), (-0.012, "loss", "−1,2"), (-0.0001, "loss", "0,0"),
     (0.9321, "mean", "0,932"), (4.956, "ms", "4,96"), (31.07, "s", "31,1")],
)  # fmt: skip
def test_numbers_are_written_as_in_portuguese(value, unit, text):
    assert number(value, unit) == text


def test_chances_and_thousands():
    assert (chance(0.0004), chance(0.0312)) == ("< 0,001", "= 0,031")
    assert (thousands(999), thousands(12966)) == ("999", "12.966")
