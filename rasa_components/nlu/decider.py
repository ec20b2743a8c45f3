"""Three answers, not two: sure of one intent, torn between situations, or neither."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from assistant.dialogue.turn import FALLBACK, OUT_OF_SCOPE, REPLIES, SMALL_TALK, UNSURE
from rasa_components.nlu.classifier import STATEMENTS

UNDERSTANDING = "understanding"
_TALK = REPLIES | SMALL_TALK
_NO_SITUATION = _TALK | {OUT_OF_SCOPE}
# What a check showed: an answer while a guide is open (the core reads the ranking for that), but
# without one "estou sem acesso" is a problem told too briefly.
REPORTS = frozenset(
    {"resolved", "not_resolved", "already_tried", "menu_not_found", "no_permission", "deny"}
)
Ranking = List[Dict[str, Any]]
# Below this, all situations together, a message ("não resolveu") names no problem at all.
LEAST_SITUATIONS = 0.005


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class ThreeWayDecider(GraphComponent, IntentClassifier):
    """Keeps a sure intent, turns a torn one into `unsure` with candidates, else falls back."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Return thresholds on calibrated probabilities; config.yml holds the chosen ones.

        `sure`: least probability of a situation to open its guide, and `doubt`: most of its being
        out of scope meanwhile; `other`: least probability of what is out of scope to be refused;
        `talk`: of small talk; `reply`: of a reply, which is seen here without the question that
        it answers; where it may be a problem as well, `report`: of what a check showed, and
        `aside`: of any other reply;
        `torn`: least share of all situations together in what is no talk, to ask;
        `candidate`: least share among them to be offered; `second`: least probability of a
        statement's situation to be a problem of its own.
        """
        return {
            "sure": 0.6, "doubt": 0.15, "torn": 0.3, "other": 0.7, "talk": 0.4, "reply": 0.6,
            "report": 0.9, "aside": 0.8, "candidate": 0.03, "second": 0.7,
        }  # fmt: skip

    def __init__(self, config: Dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ThreeWayDecider:
        """Return the component."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the intent, and what was weighed, of each message."""
        for message in messages:
            ranking = message.get(INTENT_RANKING_KEY) or []
            found = decide(ranking, message.get(STATEMENTS) or [], self._config)
            message.set(INTENT, found.pop("intent"), add_to_output=True)
            message.set(UNDERSTANDING, found, add_to_output=True)
            if message.get(INTENT)["name"] == UNSURE:
                offered = offered_first(ranking, found["candidates"])
                message.set(INTENT_RANKING_KEY, offered, add_to_output=True)
        return messages


def decide(ranking: Ranking, statements: List[Ranking], config: Dict[str, Any]) -> Dict[str, Any]:
    """Return the intent with its confidence, the candidates, and a second problem if named.

    `ranking` and each statement's ranking are best first; probabilities from 0 to 1.
    """
    if not ranking:
        return {"intent": {"name": FALLBACK, "confidence": 0.0}, "candidates": [], "second": ""}
    situations = [g for g in ranking if g["name"] not in _NO_SITUATION]
    name, confidence = _name(ranking, situations, config), ranking[0]["confidence"]
    least = config["candidate"] * _sum(situations)
    candidates = [g["name"] for g in situations if g["confidence"] >= least][:3]
    both = _two_problems(statements, config)
    if both and name == UNSURE:
        name, confidence = both[0]["name"], both[0]["confidence"]
    return {
        "intent": {"name": name, "confidence": confidence},
        "candidates": candidates,
        "second": _other(name, both),
    }


def offered_first(ranking: Ranking, candidates: List[str]) -> Ranking:
    """Return a ranking with what is asked about before everything else, each part best first."""
    return sorted(ranking, key=lambda guess: guess["name"] not in candidates)


def _other(name: str, both: Ranking) -> str:
    """Return the other of the two problems where `name` is one of them."""
    names = [g["name"] for g in both]
    return str(next(n for n in names if n != name)) if name in names else ""


def _name(ranking: Ranking, situations: Ranking, config: Dict[str, Any]) -> str:
    best, among = ranking[0], _sum(situations)
    talk = _sum([g for g in ranking if g["name"] in _TALK])
    torn = among >= max(config["torn"] * (1 - talk), LEAST_SITUATIONS)
    if best["name"] in REPLIES and torn:
        least = config["report" if best["name"] in REPORTS else "aside"]
        return str(best["name"]) if best["confidence"] >= least else UNSURE
    if best["name"] in REPORTS:
        return str(best["name"])
    sure = best["confidence"] >= config[_threshold_of(best["name"])]
    if sure and not (best in situations and _outside(ranking) > config["doubt"]):
        return str(best["name"])
    return UNSURE if torn else FALLBACK


def _outside(ranking: Ranking) -> float:
    return _sum([g for g in ranking if g["name"] == OUT_OF_SCOPE])


def _threshold_of(name: str) -> str:
    if name in SMALL_TALK:
        return "talk"
    if name in REPLIES:
        return "reply"
    return "other" if name == OUT_OF_SCOPE else "sure"


def _sum(guesses: Ranking) -> float:
    return float(sum(g["confidence"] for g in guesses))


def _two_problems(statements: List[Ranking], config: Dict[str, Any]) -> Ranking:
    """Return the two situations that statements of their own name without doubt, or nothing."""
    best = [s[0] for s in statements if s[0]["confidence"] >= config["second"]]
    named = {g["name"]: g for g in reversed(best) if g["name"] not in _NO_SITUATION}
    in_order = [named[name] for name in dict.fromkeys(g["name"] for g in best) if name in named]
    return in_order if len(in_order) == 2 else []
