"""Whether each intent has enough phrases, and none drowns the others."""

from __future__ import annotations

from collections import Counter
from statistics import median

from assistant.dialogue.turn import OUT_OF_SCOPE, REPLIES, SMALL_TALK
from trainer.check.project import Phrase, Project
from trainer.check.result import Findings, fail, warn

SITUATION, REPLY, SCOPE, TALK = 60, 40, 200, 40
HELD_OUT_SITUATION, HELD_OUT_REPLY = 20, 15
# Of the median of all situations: below the first, above the second, one is out of proportion.
LEAST_SHARE, MOST_SHARE = 0.5, 2.0


def enough(project: Project) -> Findings:
    """Yield the intents with too few examples, and with too few held out to be measured."""
    trained = Counter(p.intent for p in project.trained)
    held_out = [p for p in project.apart if p.file.startswith("tests/nlu/heldout/")]
    measured = Counter(p.intent for p in held_out)
    for intent, least in sorted(_least(project).items()):
        if trained[intent] < least:
            file = _file(project.trained, intent) or f"data/situations/{intent}.yml"
            yield fail("few", file, intent, n=trained[intent], least=least,
                       more=least - trained[intent])  # fmt: skip
    for intent in sorted(project.situations | REPLIES):
        least = HELD_OUT_SITUATION if intent in project.situations else HELD_OUT_REPLY
        if measured[intent] < least:
            file = _file(held_out, intent) or f"tests/nlu/heldout/{intent}.yml"
            yield fail("few_held_out", file, intent, n=measured[intent], least=least,
                       more=least - measured[intent])  # fmt: skip


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
