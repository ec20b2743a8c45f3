"""Sets what was measured beside the peers and the published results, in per cent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PUBLISHED = Path(__file__).with_name("published.yml")
DEFAULT_PEER = "rasa-diet"
PEER_NAMES = {"rasa-diet": "Rasa default (DIET)", "rasa-logistic": "Rasa LogisticRegression"}
TENTH = 0.1


@dataclass(frozen=True)
class Bar:
    """One system on a task: `kind` is ours, peer, none, undisclosed or pretrained."""

    name: str
    kind: str
    value: float
    low: float | None = None
    high: float | None = None
    source: str = ""


@dataclass(frozen=True)
class Scope:
    """A way to refuse, with in-scope accuracy and out-of-scope recall."""

    name: str
    kind: str
    in_scope: float
    recall: float
    threshold: float | None = None
    source: str = ""


@dataclass(frozen=True)
class Comparison:
    """A task of intents: bars best first, the goals, and what is known of times and sizes.

    A goal is None where there is nothing to compare with. `time_share` is our training time over
    that of Rasa's default pipeline, both through Rasa in one run.
    """

    id: str
    title: str
    about: str
    bars: list[Bar]
    scopes: list[Scope]
    figures: Mapping[str, float]
    peer_figures: Mapping[str, Mapping[str, float]]
    draws: list[float]
    seconds: float
    size: int
    peer_size: int | None
    time_share: float | None
    measured: str
    default_beaten: bool | None
    best_published: Bar | None
    published_beaten: bool | None

    @property
    def ours(self) -> Bar:
        """Return our bar."""
        return next(bar for bar in self.bars if bar.kind == "ours")

    def peer(self, system: str) -> Bar | None:
        """Return the bar of a peer, if it was measured."""
        return next((bar for bar in self.bars if bar.name == PEER_NAMES[system]), None)


def read_published() -> dict[str, Any]:
    """Return `sources` and `tasks` of published.yml."""
    return dict(yaml.safe_load(PUBLISHED.read_text(encoding="utf-8")))


def compare(
    name: str, ours: Mapping[str, Any], peers: Mapping[str, Any], published: Mapping[str, Any]
) -> Comparison:
    """Return the comparison of one task; `peers` is empty where they were not measured."""
    systems = peers.get("systems", {})
    bars = sorted(_bars(ours, systems, published), key=lambda bar: -bar.value)
    mine = next(bar for bar in bars if bar.kind == "ours")
    default = next((bar for bar in bars if bar.name == PEER_NAMES[DEFAULT_PEER]), None)
    best = next((bar for bar in bars if bar.kind == "none"), None)
    scopes = list(_scopes(ours, published))
    timed = DEFAULT_PEER in systems
    return Comparison(
        id=name, title=published["title"], about=published["about"], bars=bars, scopes=scopes,
        figures=_values(ours), draws=[100 * a for a in ours["accuracies"]],
        peer_figures={PEER_NAMES[s]: _values(systems[s]) for s in PEER_NAMES if s in systems},
        seconds=ours["seconds"], size=ours["size"],
        peer_size=systems[DEFAULT_PEER]["size"] if timed else None,
        time_share=systems["ours"]["seconds"] / systems[DEFAULT_PEER]["seconds"] if timed else None,
        measured=f"{peers['date']}, {peers['machine']}" if timed else "",
        default_beaten=mine.value >= default.value if default else None,
        best_published=best,
        published_beaten=(
            _scopes_beaten(scopes, published["protocol"]) if scopes else _beaten(mine, best)
        ),
    )  # fmt: skip


def _beaten(mine: Bar, best: Bar | None) -> bool | None:
    """Published figures are rounded to whole per cents, or to tenths: so is ours before."""
    if best is None:
        return None
    digits = 0 if best.value == int(best.value) else 2
    return round(mine.value, digits) >= best.value


def _bars(
    ours: Mapping[str, Any], systems: Mapping[str, Any], published: Mapping[str, Any]
) -> Iterator[Bar]:
    yield _bar("this assistant", "ours", ours)
    for system, name in PEER_NAMES.items():
        if system in systems:
            yield _bar(name, "peer", systems[system])
    for row in published["published"]:
        if "accuracy" in row:
            yield Bar(row["system"], row["encoder"], row["accuracy"], source=row["source"])


def _bar(name: str, kind: str, found: Mapping[str, Any]) -> Bar:
    accuracy = found["figures"]["accuracy"]
    return Bar(name, kind, *(100 * accuracy[end] for end in ("value", "low", "high")))


def _values(found: Mapping[str, Any]) -> dict[str, float]:
    return {name: 100 * figure["value"] for name, figure in found["figures"].items()}


def _scopes(ours: Mapping[str, Any], published: Mapping[str, Any]) -> Iterator[Scope]:
    """Ours in three ways, then what is published, where a task has published pairs."""
    rows = [row for row in published["published"] if "recall" in row]
    values = _values(ours)
    for way in ("none", "paper", "equal") if rows else ():
        pair = values[f"in_scope_{way}"], values[f"recall_far_{way}"]
        yield Scope(way, "ours", *pair, values[f"threshold_{way}"] / 100)
    for row in rows:
        pair = row["in_scope"], row["recall"]
        yield Scope(row["system"], row["encoder"], *pair, source=row["source"])


def _scopes_beaten(scopes: Sequence[Scope], protocol: str) -> bool:
    """Whether our pair by the published protocol is nowhere below one without an encoder."""
    mine = next(scope for scope in scopes if scope.name == protocol)
    others = [scope for scope in scopes if scope.kind == "none"]
    return all(mine.in_scope >= o.in_scope and mine.recall >= o.recall for o in others)
