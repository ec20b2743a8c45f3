"""Learning curve, calibration, confusions, baselines: the arithmetic behind the plots."""

from __future__ import annotations

import json

import numpy as np
import pytest

from assistant.dialogue.turn import Guess, Turn
from tests.support.conversation import world
from trainer.evaluate.baselines import Keywords, compared, majority, recorded
from trainer.evaluate.calibration import reliability, risk_coverage
from trainer.evaluate.confusions import confusions, not_offered, table, taken_for
from trainer.evaluate.curve import MORE, gain, subset
from trainer.evaluate.heldout import AMBIGUOUS, Phrase
from trainer.evaluate.neighbours import Neighbours
from trainer.evaluate.outcomes import outcome
from trainer.judging import Case

TRAINING = [("licenses", f"licença {i}") for i in range(8)] + [
    ("greet", f"oi {i}") for i in range(5)
]


@pytest.mark.parametrize("seed", [1, 2])
def test_smaller_parts_lie_within_larger_ones_and_other_labels_stay(seed):
    parts = [subset(TRAINING, {"licenses"}, f, seed) for f in (0.25, 0.5, 1.0)]
    assert [sum(label == "licenses" for label, _ in part) for part in parts] == [2, 4, 8]
    assert set(parts[0]) < set(parts[1]) < set(parts[2])
    assert all(part[-5:] == TRAINING[8:] for part in parts)
    assert parts[2] == TRAINING


def test_another_seed_gives_another_part():
    parts = {tuple(subset(TRAINING, {"licenses"}, 0.5, seed)) for seed in range(6)}
    assert len(parts) > 1


def test_the_gain_is_read_off_a_line_over_the_logarithm():
    counts = np.array([50.0, 75.0, 100.0])
    means = np.column_stack([0.1 * np.log(counts), 0.3 * np.log(counts)])
    points, error = gain(means, counts)
    assert points == pytest.approx(0.2 * np.log((100 + MORE) / 100))
    assert error == pytest.approx(0.1 * np.log((100 + MORE) / 100))


def test_the_calibration_error_is_the_mean_distance_of_the_bins():
    found = reliability([0.95, 0.95, 0.15, 1.0], [True, False, False, True])
    assert [row["n"] for row in found["bins"]] == [1, 3]
    assert found["ece"] == pytest.approx((0.15 + 3 * abs(2.9 / 3 - 2 / 3)) / 4)


def case(kind: str, name: str, confidence: float) -> Case:
    accepted = frozenset(["licenses"] if kind == "situation" else [])
    rest = {"name": "out_of_scope", "confidence": 1 - confidence}
    others = [{"name": n, "confidence": 0.01} for n in ("slowness", "email_rules")]
    return Case(kind, accepted, [{"name": name, "confidence": confidence}, *others, rest], ())


def test_risk_is_of_what_is_opened_and_coverage_of_the_situations():
    some = [
        case("situation", "licenses", 0.9),
        case("situation", "slowness", 0.6),
        case("out_of_scope", "licenses", 0.8),
    ]
    config = {"sure": 0.7, "doubt": 1.0, "torn": 0.99, "other": 0.5, "candidate": 0.0}
    config["second"] = 0.9
    found = risk_coverage(some, config)
    assert found["chosen"] == {"sure": 0.7, "coverage": 0.5, "risk": 0.5}
    assert found["confident"][0]["coverage"] == 1.0
    assert found["confident"][0]["risk"] == pytest.approx(2 / 3)


def judged(intent: str, taken: str, text: str = "x", **ranking: float):  # type: ignore[no-untyped-def]
    guesses = tuple(Guess(n, c) for n, c in (ranking or {taken: 0.9}).items())
    phrase = Phrase(text, intent, "f", frozenset([intent]))
    return outcome(phrase, Turn(text, taken, guesses, ("licenses", "slowness")))


def test_a_row_counts_every_way_and_the_least_understood_comes_first():
    found = [
        judged("licenses", "licenses"),
        judged("slowness", "licenses"),
        judged("slowness", "unsure", slowness=0.4),
        judged("slowness", "out_of_scope"),
    ]
    worst, best = table(found)
    assert (worst["intent"], worst["n"], worst["right"]) == ("slowness", 3, 0)
    assert (worst["asked"], worst["refused"], worst["wrong"], worst["first"]) == (1, 1, 1, 1)
    assert worst["taken"] == [("licenses", 1), ("out_of_scope", 1)]
    assert best["right"] == 1


@pytest.mark.parametrize(
    ("one", "label"),
    [
        (judged("slowness", "licenses"), "licenses"),
        (judged("slowness", "unsure", licenses=0.4, slowness=0.3), "licenses"),
        (judged("slowness", "slowness"), ""),
        (judged("out_of_scope", "nlu_fallback", licenses=0.3), ""),
        (judged("greet", "nlu_fallback", licenses=0.3), ""),
        (judged("greet", "thanks"), "thanks"),
    ],
)
def test_what_a_phrase_was_taken_for(one, label):
    assert taken_for(one) == label


def test_a_confusion_names_its_phrases_and_the_training_phrases_behind_them():
    training = Neighbours([("licenses", "acabou a licença"), ("licenses", "outra coisa")])
    found = [judged("slowness", "licenses", text) for text in ("acabou a licenca", "lento")]
    (one,) = confusions(found, training)
    assert (one["intent"], one["taken"], len(one["phrases"])) == ("slowness", "licenses", 2)
    near = one["phrases"][0]["nearest"]
    assert near[0] == {"text": "acabou a licença", "cosine": 1.0}


def test_ambiguous_messages_without_an_acceptable_offer_are_listed():
    phrase = Phrase("sem acesso", AMBIGUOUS, AMBIGUOUS, frozenset(["queue_hours"]))
    lost = outcome(phrase, Turn("sem acesso", "unsure", (), ("licenses", "slowness")))
    assert not_offered([lost])[0]["accepted"] == ["queue_hours"]


def test_neighbours_take_the_label_of_the_nearest_phrase():
    near = Neighbours([("licenses", "acabou a licença"), ("slowness", "sistema lento")])
    assert near.labels(["o sistema está lento", "licenças"]) == ["slowness", "licenses"]
    assert near.nearest("x", "unknown", 2) == []


def test_keywords_know_each_title_and_refuse_what_shares_nothing():
    words = Keywords(world().knowledge)
    titles = {s.id: words.label(s.title) for s in world().knowledge.situations.values()}
    assert titles == {one: one for one in titles}
    assert words.label("quem ganhou o jogo") == "out_of_scope"


def test_the_majority_is_the_most_frequent_situation():
    assert majority([*TRAINING, *[("greet", "x")] * 20], {"licenses", "slowness"}) == "licenses"


def test_systems_are_compared_on_situations_and_on_out_of_scope():
    some = [Phrase(t, t, "f", frozenset([t])) for t in ("licenses", "slowness", "out_of_scope")]
    (row,) = compared({"s": lambda t: "out_of_scope" if t == "slowness" else t}, some)
    assert (row["first"], row["n"], row["scope"]) == (0.5, 2, 1.0)


def test_recorded_systems_are_shown_where_they_were_measured(tmp_path):
    path = tmp_path / "baselines.json"
    assert recorded(path) == []
    system = {"name": "DIET", "first": 0.8, "n": 50, "train_seconds": 300, "source": "medido aqui"}
    path.write_text(json.dumps({"measured": "2026-11-22", "version": "3.6", "systems": [system]}))
    (row,) = recorded(path)
    assert row["first"] == 0.8 and row["low"] < 0.8 < row["high"]
    assert (row["source"], row["measured"]) == ("medido aqui", "2026-11-22")
