"""Whether this run is worse than the last accepted one by more than chance allows.

Like is compared with like: of a figure, the phrases that both runs measured (shared.py), so that
what is new since the reference, a whole situation even, drags nothing down; it is told apart
(understood.py). What is kept of a run has a value for each phrase, so the two runs are compared
phrase by phrase, which is far sharper than comparing two shares: of a share, only
the phrases that changed sides tell anything (McNemar's exact test, one-sided: as many lost among
the changed as a fair coin would give); of a mean (MRR, noise), the paired t-test. The same model
on the same phrases can therefore never fail. Where most phrases are others, the shares are those of
two samples: a drop counts where Newcombe's hybrid-score interval of the difference (90 %, which
is 95 % one-sided) lies above zero, as it holds for few phrases and shares near 1, where the usual
two-proportion z-test does not; of means, Welch's t-test. Figures are tested one at a time at 5 %:
the exact test on few phrases is stricter than that, so false alarms are rare without a correction.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from trainer.evaluate.measure import Interval, wilson
from trainer.evaluate.shared import like_with_like

LEVEL = 0.05
KEPT = ("label", "group", "unit", "better", "n", "value", "low", "high", "phrases", "values")
Score = Mapping[str, Any]


def accept(evaluation: Mapping[str, Any], path: Path) -> None:
    """Write the scores of an evaluation, with its date and commit, as the accepted ones."""
    scores = {row["key"]: _kept(row) for row in [*evaluation["figures"], *evaluation["intents"]]}
    content = {
        "accepted": date.today().isoformat(), "measured": evaluation["date"],
        "commit": evaluation["commit"], "phrases": evaluation.get("phrases", {}), "scores": scores,
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _kept(row: Score) -> dict[str, Any]:
    kept = {name: row[name] for name in KEPT}
    return {**kept, "right": row["values"].count("1")} if row["unit"] == "share" else kept


def compare(accepted: Mapping[str, Any], evaluation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each figure or intent that differs, the worst first.

    A row has old and new score of the phrases that both have (`at`: which of the new ones, `added`:
    how many more there are), whether these are the same (`paired`), `worse` and `p` (of a paired
    test, or None), and `failed`. A figure that is no longer there fails as well.
    """
    new = {row["key"]: row for row in [*evaluation["figures"], *evaluation["intents"]]}
    ids = accepted.get("phrases", {}), evaluation.get("phrases", {})
    rows = [_compared(key, old, new.get(key), *ids) for key, old in accepted["scores"].items()]
    different = [row for row in rows if row["change"] != 0 or not row["paired"]]
    return sorted(different, key=lambda row: (not row["failed"], -row["worse"], row["key"]))


def _compared(
    key: str, old: Score, new: Score | None, known: Mapping[str, str], now: Mapping[str, str]
) -> dict[str, Any]:
    row = {"key": key, "old": _kept(old), **{k: old[k] for k in ("label", "group", "unit")}}
    if new is None:
        missing = {"new": None, "paired": False, "change": None, "worse": 1.0, "p": None}
        return {**row, **missing, "at": [], "added": 0, "failed": bool(old["better"])}
    added = new["n"]
    old, new, at = like_with_like(old, new, known, now)
    sign = {"high": -1.0, "low": 1.0, None: 0.0}[new["better"]]
    change, paired = new["value"] - old["value"], old["phrases"] == new["phrases"]
    p, drop = significant(old, new) if sign else (None, False)
    found = {"old": _kept(old), "new": _kept(new), "paired": paired, "change": change}
    told = {"worse": sign * change, "p": p, "failed": drop, "at": at, "added": added - new["n"]}
    return {**row, **found, **told}


def significant(old: Score, new: Score) -> tuple[float | None, bool]:
    """Return p (None for an interval) and whether `new` is worse by more than chance allows."""
    better = new["better"]
    if not old["n"] or not new["n"]:
        return None, bool(old["n"])
    if new["unit"] != "share":
        p = _means(old, new, "less" if better == "high" else "greater")
    elif old["phrases"] == new["phrases"]:
        p = mcnemar(*_changed(old["values"], new["values"], better))
    else:
        ones = [row["values"].count("1") for row in (old, new)]
        low, high = newcombe(ones[0], old["n"], ones[1], new["n"])
        return None, low > 0 if better == "high" else high < 0
    return p, p < LEVEL


def mcnemar(lost: int, gained: int) -> float:
    """Return how likely at least `lost` of the changed phrases are lost by chance."""
    changed = lost + gained
    return stats.binomtest(lost, changed, 0.5, "greater").pvalue if changed else 1.0


def newcombe(a: int, n: int, b: int, m: int, confidence: float = 1 - 2 * LEVEL) -> Interval:
    """Return Newcombe's interval (method 10, 1998) of the difference a/n - b/m of two shares."""
    (low_a, high_a), (low_b, high_b) = wilson(a, n, confidence), wilson(b, m, confidence)
    p, q = a / n, b / m
    below = math.hypot(p - low_a, high_b - q)
    above = math.hypot(high_a - p, q - low_b)
    return p - q - below, p - q + above


def _changed(old: str, new: str, better: str) -> tuple[int, int]:
    good, bad = ("1", "0") if better == "high" else ("0", "1")
    pairs = list(zip(old, new, strict=True))
    return pairs.count((good, bad)), pairs.count((bad, good))


def _means(old: Score, new: Score, worse: str) -> float:
    if old["values"] == new["values"]:
        return 1.0
    if old["phrases"] == new["phrases"]:
        change = np.subtract(new["values"], old["values"])
        if np.ptp(change) == 0:  # every phrase changed alike: no spread to test against
            return 0.0 if (change[0] < 0) == (worse == "less") else 1.0
        p = stats.ttest_1samp(change, 0.0, alternative=worse).pvalue
    else:
        p = stats.ttest_ind(new["values"], old["values"], equal_var=False, alternative=worse).pvalue
    return float(p) if p == p else 1.0  # not a number where neither run has any spread


def flipped(row: Mapping[str, Any], texts: Mapping[str, list[str]]) -> Iterator[tuple[str, bool]]:
    """Yield the phrases of a paired share that changed, and whether each is now better."""
    if not row["paired"] or row["unit"] != "share":
        return
    good = "1" if row["new"]["better"] != "low" else "0"
    some = [texts[row["key"]][at] for at in row["at"]]
    both = zip(some, row["old"]["values"], row["new"]["values"], strict=True)
    yield from ((text, now == good) for text, before, now in both if before != now)


def falls(
    changes: Sequence[Mapping[str, Any]], texts: Mapping[str, list[str]]
) -> Iterator[dict[str, Any]]:
    """Yield what a person needs of each row that failed: its name, both sides, what was lost."""
    for row in (row for row in changes if row["failed"]):
        lost = [text for text, better in flipped(row, texts) if not better] \
            if row["key"] in texts else []  # fmt: skip
        sides = {side: row[side] and {k: row[side][k] for k in ("n", "value")}
                 for side in ("old", "new")}  # fmt: skip
        yield {**{k: row[k] for k in ("key", "label", "group", "unit")}, **sides, "lost": lost}
