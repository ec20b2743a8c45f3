"""Whether each intent has enough phrases, and none drowns the others."""

from __future__ import annotations

from collections import Counter
from statistics import median

from assistant.dialogue.turn import OUT_OF_SCOPE, REPLIES, SMALL_TALK
from trainer.check.project import Phrase, Project
from trainer.check.result import Findings, fail, warn

# What is good to have.
SITUATION, REPLY, SCOPE, TALK = 60, 40, 200, 40
HELD_OUT_SITUATION, HELD_OUT_REPLY = 20, 15
# With so many a situation may be published; below the numbers above, that is warned of.
FEWEST, FEWEST_HELD_OUT = 30, 10
# Of the median of all situations: below the first, above the second, one is out of proportion.
LEAST_SHARE, MOST_SHARE = 0.5, 2.0


def enough(project: Project) -> Findings:
    """Yield the intents with too few examples, and with too few held out to be measured."""
    trained = Counter(p.intent for p in project.trained)
    held_out = [p for p in project.apart if p.file.startswith("tests/nlu/heldout/")]
    measured = Counter(p.intent for p in held_out)
    for intent, least in sorted(_least(project).items()):
        file = _file(project.trained, intent) or f"data/situations/{intent}.yml"
        fewest = FEWEST if intent in project.situations else least
        yield from _few("few", file, intent, trained[intent], fewest, least)
    for intent in sorted(project.situations | REPLIES):
        known = intent in project.situations
        least = HELD_OUT_SITUATION if known else HELD_OUT_REPLY
        file = _file(held_out, intent) or f"tests/nlu/heldout/{intent}.yml"
        fewest = FEWEST_HELD_OUT if known else least
        yield from _few("few_held_out", file, intent, measured[intent], fewest, least)


def _few(key: str, file: str, intent: str, n: int, fewest: int, least: int) -> Findings:
    """Yield a fault below the fewest, a warning below what is good."""
    if n < fewest:
        yield fail(key, file, intent, n=n, least=fewest, more=fewest - n)
    elif n < least:
        yield warn(f"{key}_yet", file, intent, n=n, least=least, more=least - n)


def balanced(project: Project) -> Findings:
    """Yield situations with far fewer or far more examples than most."""
    counts = Counter(p.intent for p in project.trained)
    sizes = {name: counts[name] for name in project.situations if counts[name] >= SITUATION}
    usual = median(sizes.values()) if sizes else 0
    for name, size in sorted(sizes.items()):
        if not LEAST_SHARE * usual <= size <= MOST_SHARE * usual:
            key = "small" if size < usual else "large"
            yield warn(key, f"data/situations/{name}.yml", name, n=size, usual=round(usual))


def _least(project: Project) -> dict[str, int]:
    return {
        **dict.fromkeys(project.situations, SITUATION),
        **dict.fromkeys(REPLIES, REPLY),
        **dict.fromkeys(SMALL_TALK, TALK),
        OUT_OF_SCOPE: SCOPE,
    }


def _file(phrases: list[Phrase], intent: str) -> str:
    return next((phrase.file for phrase in phrases if phrase.intent == intent), "")
