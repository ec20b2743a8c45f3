"""The data doctor, `make check`: whether everything a trainer edits agrees, in plain words."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

from assistant.dialogue.turn import REPLIES
from assistant.knowledge import KnowledgeError, load_knowledge
from assistant.settings import ROOT
from assistant.text import fold
from trainer.phrases import read_phrases, read_torn

LEAST_EXAMPLES = 60
LEAST_FOR_A_REPLY = 40
HELD_OUT = ("tests/nlu/heldout", "tests/nlu/tuning")


def main() -> int:
    """Print every fault; return 1 where there is one, else 0."""
    faults = list(find_faults(ROOT))
    for fault in faults:
        print(f"FALHA  {fault}")
    print("Tudo certo." if not faults else f"{len(faults)} falha(s).")
    return 1 if faults else 0


def find_faults(root: Path) -> Iterator[str]:
    """Yield a line for each fault in knowledge/, data/, domain.yml and the held-out phrases."""
    try:
        ids = set(load_knowledge(root / "knowledge").situations)
    except KnowledgeError as error:
        yield from (f"knowledge/: {fault}" for fault in error.faults)
        return
    trained = read_phrases(root / "data")
    yield from _disagreeing_ids(root, ids)
    yield from _too_few(trained, ids)
    yield from _repeated(trained)
    torn = read_torn(root / "data/ambiguous.yml")
    yield from _also_held_out(root, [*trained, *((names[0], text) for text, names in torn)])
    yield from _torn_between_unknown(torn, ids)


def _disagreeing_ids(root: Path, ids: set[str]) -> Iterator[str]:
    domain = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))
    places = {
        "domain.yml (intents)": set(domain["intents"]) & ids,
        "data/situations": {path.stem for path in (root / "data/situations").glob("*.yml")},
        "tests/nlu/heldout": {i for i, _ in read_phrases(root / "tests/nlu/heldout")} & ids,
    }
    for place, found in places.items():
        yield from (f"{place}: falta {missing}" for missing in sorted(ids - found))
        yield from (f"{place}: {extra} não existe em knowledge/" for extra in sorted(found - ids))


def _torn_between_unknown(torn: list[tuple[str, tuple[str, ...]]], ids: set[str]) -> Iterator[str]:
    for text, names in torn:
        for name in sorted(set(names) - ids):
            yield f"data/ambiguous.yml: “{text}”: {name} não existe em knowledge/"
        if len(set(names)) < 2:
            yield f"data/ambiguous.yml: “{text}” precisa de duas situações ou mais"


def _too_few(trained: list[tuple[str, str]], ids: set[str]) -> Iterator[str]:
    counts = Counter(intent for intent, _ in trained)
    for intent in sorted(ids | REPLIES):
        least = LEAST_EXAMPLES if intent in ids else LEAST_FOR_A_REPLY
        if counts[intent] < least:
            yield f"data/: {intent} tem {counts[intent]} exemplos; o mínimo é {least}"


def _repeated(trained: list[tuple[str, str]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for intent, phrase in trained:
        key = fold(phrase) or phrase
        if key in seen:
            yield f"data/: “{phrase}” aparece em {seen[key]} e em {intent}; deixe só um"
        seen.setdefault(key, intent)


def _also_held_out(root: Path, trained: list[tuple[str, str]]) -> Iterator[str]:
    known = {fold(phrase): intent for intent, phrase in trained}
    for folder in HELD_OUT:
        for intent, phrase in read_phrases(root / folder):
            if fold(phrase) and fold(phrase) in known:
                yield f"{folder}: “{phrase}” ({intent}) também está em data/; tire de um dos dois"


if __name__ == "__main__":
    sys.exit(main())
