"""`python -m trainer.advise "frase" --intent X`: what one more example would change."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from assistant.settings import ROOT
from trainer.advise.advice import Advice, Rival
from trainer.advise.adviser import Adviser
from trainer.wording import sentences

say = sentences(Path(__file__).with_name("wording.yml"))
CHANGES = ("lost", "doubted", "gained", "settled")
MOST = 5


def main() -> int:
    """Print the advice; return 1 where the phrase is refused or there is no model."""
    parser = argparse.ArgumentParser(prog="python -m trainer.advise", add_help=False)
    parser.add_argument("phrase", nargs="?", default="")
    parser.add_argument("--intent", default="")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not (options.phrase and options.intent):
        return _stop(say("usage"))
    try:
        adviser = Adviser.load(ROOT)
    except FileNotFoundError as error:
        return _stop(say("no_model", file=error.filename))
    if options.intent not in adviser.intents(ROOT):
        known = ", ".join(sorted(adviser.intents(ROOT)))
        return _stop(say("unknown_intent", intent=options.intent, known=known))
    advice = adviser.advise(options.phrase, options.intent)
    if options.json:
        print(json.dumps(advice.as_dict(), ensure_ascii=False, indent=1))
    else:
        print(*told(advice), sep="\n")
    return 1 if advice.verdict == "refused" else 0


def told(advice: Advice) -> Iterator[str]:
    """Yield the advice line by line."""
    yield say(f"verdict_{advice.verdict}", intent=advice.intent)
    yield from advice.faults
    yield from (say("apart", file=f, percent=_percent(c)) for f, c in advice.apart)
    yield from (say("address", address=address) for address in advice.addresses)
    if advice.copies:
        yield say("copies")
        yield from (
            say("copy", text=n.text, intent=n.intent, percent=_percent(n.closeness))
            for n in advice.copies[:MOST]
        )
    yield say("now")
    for place, rival in enumerate(advice.rivals):
        yield from _rival(rival, advice.sure and place == 0)
    if not advice.faults:
        yield from _turns(advice)


def _rival(rival: Rival, sure: bool) -> Iterator[str]:
    percent = _percent(rival.probability)
    yield say("rival", intent=rival.intent, percent=percent, sure=say("sure") if sure else "")
    for near in rival.nearest:
        yield say("nearest", text=near.text, percent=_percent(near.closeness))


def _turns(advice: Advice) -> Iterator[str]:
    if not advice.turns:
        yield say("none_turned")
    for change in CHANGES:
        turns = advice.turned(change)
        if turns:
            yield say(change, n=len(turns))
        for turn in turns[:MOST]:
            (before, p_before), (after, p_after) = turn.before, turn.after
            yield say(
                "turn", text=turn.text, intent=turn.intent, before=before, after=after,
                p_before=_percent(p_before), p_after=_percent(p_after),
            )  # fmt: skip


def _percent(share: float) -> int:
    return round(100 * share)


def _stop(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
