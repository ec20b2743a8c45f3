"""Whether confidences are honest, and what the threshold `sure` trades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assistant.dialogue.turn import OUT_OF_SCOPE
from rasa_components.nlu.classifier import statements
from trainer.evaluate.measure import wilson
from trainer.evaluate.outcomes import Outcome, Parse
from trainer.judging import Case, way

BINS = 10
STEPS = 41


def judged(found: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes whose first label `sure` and `other` decide on: problems or not."""
    return [o for o in found if o.phrase.kind in ("situation", OUT_OF_SCOPE)]


def reliability(confidences: Sequence[float], right: Sequence[bool]) -> dict[str, Any]:
    """Return ten bins of equal width (n, mean confidence, share right, interval), and the ECE.

    ECE: the mean distance of confidence and share right, each bin weighed by its phrases.
    """
    places = np.minimum((np.asarray(confidences) * BINS).astype(int), BINS - 1)
    bins = []
    for place in range(BINS):
        some = np.flatnonzero(places == place)
        if len(some):
            hits = int(np.asarray(right)[some].sum())
            low, high = wilson(hits, len(some))
            mean = float(np.asarray(confidences)[some].mean())
            share = hits / len(some)
            row = {"n": len(some), "confidence": mean, "right": share, "low": low, "high": high}
            bins.append(row)
    gaps = [row["n"] * abs(row["confidence"] - row["right"]) for row in bins]
    return {"bins": bins, "ece": sum(gaps) / max(len(right), 1), "n": len(right)}


def cases(found: Sequence[Outcome], parse: Parse) -> list[Case]:
    """Return the outcomes as cases, which can be judged at other thresholds."""
    return [
        Case(
            o.phrase.kind,
            o.phrase.accepted if o.phrase.kind == "situation" else frozenset(),
            parse(o.phrase.text)["intent_ranking"],
            tuple(parse(part)["intent_ranking"] for part in statements(o.phrase.text)),
        )
        for o in found
    ]


def risk_coverage(some: Sequence[Case], config: Mapping[str, float]) -> dict[str, Any]:
    """Return what each `sure` opens: the share of situations, and of what is opened the wrong.

    `coverage`: guides opened over messages about a situation; `risk`: wrong guides over guides
    opened, out of scope included. `points`: as decided, where a lone candidate opens too;
    `confident`: by the threshold alone; `chosen`: as decided at the threshold of config.yml.
    """
    steps = [float(sure) for sure in np.linspace(0.0, 1.0, STEPS)]
    return {
        "points": [_point(some, sure, _decided(some, config, sure)) for sure in steps],
        "confident": [_point(some, sure, _confident(some, sure)) for sure in steps[:-1]],
        "chosen": _point(some, config["sure"], _decided(some, config, config["sure"])),
    }


def _decided(some: Sequence[Case], config: Mapping[str, float], sure: float) -> list[str]:
    return [case.judge({**config, "sure": sure})[0] for case in some]


def _confident(some: Sequence[Case], sure: float) -> list[str]:
    best = [(case, case.ranking[0]) for case in some]
    return [way(b["name"], c.accepted) if b["confidence"] >= sure else "asked" for c, b in best]


def _point(some: Sequence[Case], sure: float, ways: Sequence[str]) -> dict[str, float]:
    opened = [(c.kind, w) for c, w in zip(some, ways, strict=True) if w in ("right", "wrong")]
    about = sum(case.kind == "situation" for case in some)
    return {
        "sure": sure,
        "coverage": sum(kind == "situation" for kind, _ in opened) / max(about, 1),
        "risk": sum(w == "wrong" for _, w in opened) / max(len(opened), 1),
    }
