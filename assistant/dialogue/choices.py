"""Which of the offered choices a message means, if any."""

from __future__ import annotations

from rapidfuzz import fuzz

from assistant.dialogue.state import Pending
from assistant.text import fold

STALE = "stale"
# Below this likeness (0 to 100) a text is no label with a typo; "sim" and "nao" differ by far.
LABEL_LIKENESS = 86
_ORDINALS = {
    "primeira": 1,
    "primeiro": 1,
    "segunda": 2,
    "segundo": 2,
    "terceira": 3,
    "terceiro": 3,
    "quarta": 4,
    "quarto": 4,
    "quinta": 5,
    "quinto": 5,
}
_NEGATIONS = frozenset(["nao", "n", "nem", "sem", "nunca", "nenhum", "nenhuma"])
_FULL = {"n": "nao", "naum": "nao", "tb": "tambem", "td": "tudo", "vc": "voce"}
_FILLERS = frozenset(
    ["opcao", "a", "o", "e", "numero", "n", "eu", "quero", "escolho", "essa", "esse"]
)


def pressed(pending: Pending | None, option_id: str) -> str:
    """Return the choice behind a button's id ("serial.id"); STALE for a button of the past."""
    serial, _, choice = option_id.partition(".")
    if pending and serial == str(pending.serial) and pending.option(choice):
        return choice
    return STALE


def typed(pending: Pending | None, text: str) -> str:
    """Return the choice that a typed text names by number, label or phrase; '' if none."""
    if pending is None:
        return ""
    words = " ".join(_FULL.get(word, word) for word in fold(text).split())
    return _by_number(pending, words) or _by_label(pending, words) or _by_phrase(pending, words)


def by_reply(pending: Pending | None, reply: str) -> str:
    """Return the choice that a reply meaning chooses; '' if none does."""
    options = pending.options if pending else []
    return next((o.id for o in options if reply in o.replies), "")


def _by_number(pending: Pending, words: str) -> str:
    rest = [w for w in words.split() if w not in _FILLERS]
    if len(rest) != 1:
        return ""
    number = int(rest[0]) if rest[0].isdigit() else _ORDINALS.get(rest[0], 0)
    return pending.options[number - 1].id if 0 < number <= len(pending.options) else ""


def _by_label(pending: Pending, words: str) -> str:
    if len(words) < 4:
        return next((o.id for o in pending.options if fold(o.label) == words), "")
    scored = [(_likeness(fold(o.label), words), -i, o.id) for i, o in enumerate(pending.options)]
    best = max(scored, default=(0.0, 0, ""))
    return best[2] if best[0] >= LABEL_LIKENESS else ""


def _likeness(label: str, words: str) -> float:
    """How alike two texts are, 0 to 100; one that denies what the other says is not alike."""
    if _denies(label) != _denies(words):
        return 0.0
    return fuzz.ratio(label, words)


def _denies(words: str) -> bool:
    return not _NEGATIONS.isdisjoint(words.split())


def _by_phrase(pending: Pending, words: str) -> str:
    """The longest phrase that is the whole message, or stands whole within a short one."""
    held = [
        (len(fold(phrase)), option.id)
        for option in pending.options
        for phrase in option.phrases
        if _holds(words, fold(phrase))
    ]
    return max(held)[1] if held else ""


def _holds(words: str, phrase: str) -> bool:
    if words == phrase:
        return True
    before, found, after = f" {words} ".partition(f" {phrase} ")
    short = len(words.split()) <= len(phrase.split()) + 6
    denied = _denies(" ".join(before.split()[-2:])) or _denies(" ".join(after.split()[-1:]))
    return bool(found) and short and len(phrase) >= 5 and not denied
