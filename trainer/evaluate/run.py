"""One evaluation from the phrases to a dictionary that goes to JSON as it is."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from tqdm import tqdm

from assistant.dialogue.talk import World
from assistant.dialogue.turn import read_turn
from assistant.settings import ROOT
from trainer.evaluate import baselines, calibration, confusions, noise, retrieval, timing
from trainer.evaluate.conversation import answer, conversation, real_world
from trainer.evaluate.curve import learning_curve
from trainer.evaluate.heldout import Phrase, read_heldout
from trainer.evaluate.measure import Measure, figure, measure, order
from trainer.evaluate.neighbours import Neighbours
from trainer.evaluate.outcomes import (
    Outcome,
    by_intent,
    missed_by_intent,
    outcomes,
    understanding,
)
from trainer.evaluate.parsing import MODEL, parse, parse_times
from trainer.evaluate.shared import phrase_ids
from trainer.evaluate.wording import wording
from trainer.judging import settings_of
from trainer.phrases import read_phrases, read_torn

HELD_OUT = ROOT / "tests/nlu"
RECORDED = ROOT / "reports/baselines.json"


@dataclass
class Run:
    """What an evaluation reads, and what it has found so far."""

    training: list[tuple[str, str]]
    phrases: list[Phrase]
    queries: list[retrieval.Query]
    world: World
    show: bool
    quick: bool = False
    outcomes: list[Outcome] = field(default_factory=list)
    found: dict[str, Any] = field(
        default_factory=lambda: {"figures": [], "phrases": {}, "curve": None}
    )

    @property
    def situations(self) -> set[str]:
        """Return the ids of all situations."""
        return set(self.world.knowledge.situations)

    def add(self, measures: Iterable[Measure]) -> None:
        """Keep the figures of some measures."""
        self.found["figures"] += [self.row(one) for one in measures]

    def row(self, one: Measure) -> dict[str, Any]:
        """Return a measure's figure, and keep what its phrases are known by."""
        found = figure(one)
        self.found["phrases"][found["phrases"]] = phrase_ids(one.texts)
        return found

    def of_kind(self, kind: str) -> list[Phrase]:
        """Return the held-out phrases of one kind."""
        return [p for p in self.phrases if p.kind == kind]


def evaluate(
    quick: bool, show: bool, tell: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Return everything that was measured; `quick` leaves the learning curve and two fits out.

    `tell` hears what is measured now.
    """
    run = Run(
        read_phrases(ROOT / "data"),
        read_heldout(HELD_OUT),
        retrieval.read_queries(HELD_OUT / "retrieval_heldout.yml"),
        real_world(),
        show,
        quick,
    )
    stages = [stage for stage in STAGES if not (quick and stage == "curve")]
    with tqdm(total=len(stages), leave=False, disable=not show) as bar:
        for name in stages:
            bar.set_postfix_str(wording()["stages"][name])
            tell(wording()["stages"][name])
            STAGES[name](run)
            bar.update()
    run.found["figures"].sort(key=lambda row: order(row["key"]))
    return {**_about(run), "quick": quick, **run.found}


def _heldout(run: Run) -> None:
    run.outcomes = outcomes(run.phrases, parse)
    run.add(understanding(run.outcomes, run.situations))
    missed = missed_by_intent(run.outcomes)
    run.found["intents"] = [
        {**run.row(one), "texts": list(one.texts), "missed": missed.get(one.key, [])}
        for one in by_intent(run.outcomes)
    ]


def _conversation(run: Run) -> None:
    run.add(conversation(run.outcomes, run.world))


def _retrieval(run: Run) -> None:
    retriever = run.world.retriever
    run.add(retrieval.retrieval(run.queries, retriever, lambda t: parse(t)["intent"]["name"]))
    run.add([_silent_turns(run), _helped_turns(run)])
    run.found["retrieval_misses"] = retrieval.misses(run.queries, retriever)


def _silent_turns(run: Run) -> Measure:
    texts = [query.text for query in run.queries if not query.article]
    turns = ((text, answer(read_turn(parse(text)), run.world).silent) for text in texts)
    return measure("turn_silent", turns)


def _helped_turns(run: Run) -> Measure:
    """Whether who asks what an article answers gets it, or the guide of a situation it is of."""
    asked = [(q, answer(read_turn(parse(q.text)), run.world)) for q in run.queries if q.article]
    articles = run.world.knowledge.articles
    return measure("turn_helped", (
        (q.text, q.article in found.articles or found.opened in articles[q.article].situations)
        for q, found in asked if q.article
    ))  # fmt: skip


def first_label(text: str) -> str:
    """Return the likeliest of all labels, as the trained model ranks them."""
    return str(parse(text)["intent_ranking"][0]["name"])


def _noise(run: Run) -> None:
    run.add(noise.losses(run.of_kind("situation"), first_label))


def _timing(run: Run) -> None:
    texts = [phrase.text for phrase in run.phrases]
    seconds, same = ([], None) if run.quick else timing.two_fits(run.training, texts)
    run.found["timings"] = list(timing.timings(parse_times(texts), seconds, MODEL))
    run.found["same_twice"] = same


def _baselines(run: Run) -> None:
    near = Neighbours(run.training)
    common = baselines.majority(run.training, run.situations)
    systems: dict[str, Callable[[str], str]] = {
        "assistant": first_label,
        "neighbours": lambda text: near.labels([text])[0],
        "keywords": baselines.Keywords(run.world.knowledge).label,
        "majority": lambda text: common,
    }
    ours = baselines.compared(systems, run.phrases)
    run.found["baselines"] = [*ours, *baselines.recorded(RECORDED)]


def _curve(run: Run) -> None:
    some = run.of_kind("situation")
    run.found["curve"] = learning_curve(run.training, some, run.situations, run.show)


def _details(run: Run) -> None:
    some = calibration.judged(run.outcomes)
    confidences = [o.turn.confidence(o.first) for o in some]
    right = [o.first == o.phrase.intent for o in some]
    settings = settings_of("ThreeWayDecider")
    run.found["reliability"] = calibration.reliability(confidences, right)
    run.found["risk"] = calibration.risk_coverage(calibration.cases(some, parse), settings)
    run.found["table"] = confusions.table(run.outcomes)
    run.found["confusions"] = confusions.confusions(run.outcomes, Neighbours(run.training))
    run.found["not_offered"] = confusions.not_offered(run.outcomes)


STAGES: dict[str, Callable[[Run], None]] = {
    "heldout": _heldout,
    "conversation": _conversation,
    "retrieval": _retrieval,
    "noise": _noise,
    "timing": _timing,
    "baselines": _baselines,
    "curve": _curve,
    "details": _details,
}


def _about(run: Run) -> dict[str, Any]:
    kinds = Counter(phrase.kind for phrase in run.phrases)
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="minutes"),
        "commit": _commit(),
        "training": len(run.training) + len(read_torn(ROOT / "data/ambiguous")),
        "heldout": {**kinds, "queries": len(run.queries)},
    }


def _commit() -> str:
    """Return the short commit, "+" after it where files differ from it; "?" without git."""
    command = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError:
        return "?"
    return done.stdout.strip() or "?"
