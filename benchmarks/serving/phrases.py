"""The phrases that every system learns, and those that are said to it."""

from __future__ import annotations

from assistant.settings import ROOT
from benchmarks.baselines.phrases import sample
from benchmarks.nlu.data import Rows
from trainer.phrases import read_file, read_phrases

SITUATIONS = ROOT / "data/situations"
OTHERS = ("guide_replies.yml", "small_talk.yml", "out_of_scope.yml")
EMAIL = "ana.souza@example.com.br"
NOT_RESOLVED = "não resolveu, continua do mesmo jeito"
RESOLVED = "resolveu, muito obrigado"


def training(per_intent: int) -> Rows:
    """Return (phrase, intent), at most `per_intent` of each, the same for every system."""
    found = read_phrases(SITUATIONS)
    for name in OTHERS:
        found += read_file(ROOT / "data" / name)
    return sample([(text, intent) for intent, text in found], per_intent)


def problems() -> list[str]:
    """Return problems in words that no system has learnt."""
    found = read_file(ROOT / "tests/nlu/heldout/situations.yml")
    return [text for text, _ in sample([(text, intent) for intent, text in found])]


def guided(number: int, said: list[str]) -> list[str]:
    """Return what one person says who is walked through a guide."""
    return [said[number % len(said)], NOT_RESOLVED, NOT_RESOLVED, NOT_RESOLVED, RESOLVED]


def ticket(number: int, said: list[str]) -> list[str]:
    """Return what one person says who opens an incident in helpdesk-assistant's form."""
    problem = said[number % len(said)]
    return [problem, EMAIL, "prioridade alta", problem[:100], "sim"]
