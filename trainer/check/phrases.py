"""Whether the examples are sound: each once, none set apart, nobody's data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trainer.check.project import Phrase, Project
from trainer.check.result import Finding, Findings, fail, warn
from trainer.closeness import COPY, COPY_APART, close_pairs, letters
from trainer.personal import addresses, personal_kinds

# Shorter phrases are alike because there is little to say.
LEAST_WORDS = 4
_MARKUP = re.compile(r"\[[^\]]*\][({]")


def sound(project: Project) -> Findings:
    """Yield examples that say nothing, or that Rasa would read as something else."""
    for phrase in [*project.trained, *project.apart]:
        if _MARKUP.search(phrase.text):
            yield fail("markup", phrase.file, phrase.intent, phrase.line, text=_cut(phrase.text))
    for file in project.below("data/"):
        for number, line in enumerate(project.source(file), 1):
            if re.fullmatch(r"\s+-\s*", line):
                yield fail("no_text", file, "", number)
            if re.match(r"\s+-[^\s-]", line):
                yield fail("no_space", file, "", number, text=_cut(line.strip()))


def once(project: Project) -> Findings:
    """Yield each phrase that stands twice, case, accents and punctuation aside."""
    for phrases in (project.trained, project.apart):
        seen: dict[str, Phrase] = {}
        for phrase in phrases:
            first = seen.setdefault(phrase.key, phrase)
            if first is not phrase:
                key = "twice" if first.intent == phrase.intent else "two_intents"
                yield fail(key, phrase.file, phrase.intent, phrase.line, text=_cut(phrase.text),
                           other=first.intent, where=f"{first.file}:{first.line}")  # fmt: skip


def apart(project: Project) -> Findings:
    """Yield each phrase that is trained on and set apart for measuring as well."""
    known = {p.key: (p.file, p.line) for p in project.trained}
    known |= {torn.key: (torn.file, torn.line) for torn in project.torn}
    for phrase in project.apart:
        if phrase.key in known:
            where = "{}:{}".format(*known[phrase.key])
            yield fail("also_apart", phrase.file, phrase.intent, phrase.line,
                       text=_cut(phrase.text), where=where)  # fmt: skip


def alike(project: Project) -> Findings:
    """Yield pairs of examples of one intent that differ in next to nothing."""
    rows: dict[str, list[int]] = {}
    for at, phrase in enumerate(project.trained):
        if len(phrase.text.split()) >= LEAST_WORDS:
            rows.setdefault(phrase.intent, []).append(at)
    for places in rows.values():
        matrix = project.letters[places]
        for a, b, close in close_pairs(matrix, matrix, COPY):
            first, second = project.trained[places[a]], project.trained[places[b]]
            if a < b and first.key != second.key:
                yield warn(
                    "alike", second.file, second.intent, second.line,
                    percent=round(100 * close), text=_cut(second.text), other=_cut(first.text),
                )  # fmt: skip


def nearly_apart(project: Project) -> Findings:
    """Yield examples that are nearly a phrase set apart for measuring; its text is not shown."""
    some = [at for at, p in enumerate(project.trained) if len(p.text.split()) >= LEAST_WORDS]
    if not some or not project.apart:
        return
    others = letters([phrase.key for phrase in project.apart], folded=True)
    seen = set()
    for a, b, close in close_pairs(project.letters[some], others, COPY_APART):
        phrase, other = project.trained[some[a]], project.apart[b]
        if phrase.key != other.key and a not in seen:
            seen.add(a)
            yield warn(
                "nearly_apart", phrase.file, phrase.intent, phrase.line, text=_cut(phrase.text),
                where=f"{other.file}:{other.line}", percent=round(100 * close),
            )  # fmt: skip


def ambiguous(project: Project) -> Findings:
    """Yield ambiguous messages astray, of unknown or too few situations, or examples as well."""
    known = {phrase.key: phrase.intent for phrase in project.trained}
    for file, name in dict.fromkeys((torn.file, torn.intents[0]) for torn in project.torn):
        if file != f"data/ambiguous/{name}.yml":
            yield fail("torn_elsewhere", file, "nlu", id=name)
    for torn in project.torn:
        for name in sorted(set(torn.intents) - project.situations):
            yield fail("torn_unknown", torn.file, "", torn.line, text=_cut(torn.text), id=name)
        if len(set(torn.intents)) < 2:
            yield fail("torn_few", torn.file, torn.intents[0], torn.line, text=_cut(torn.text))
        if intent := known.get(torn.key):
            yield fail(
                "torn_example", torn.file, "", torn.line, text=_cut(torn.text), intent=intent
            )


def personal(project: Project) -> Findings:
    """Yield examples that seem to hold someone's data."""
    for phrase in project.trained:
        yield from _personal(phrase.text, phrase.file, phrase.intent, phrase.line)
    for torn in project.torn:
        yield from _personal(torn.text, torn.file, torn.intents[0], torn.line)


def _personal(text: str, file: str, intent: str, line: int) -> Iterator[Finding]:
    if kinds := personal_kinds(text):
        yield fail("personal", file, intent, line, kind=", ".join(kinds))
    for address in addresses(text):
        yield warn("address", file, intent, line, address=address)


def _cut(text: str) -> str:
    return text if len(text) <= 70 else f"{text[:69]}…"
