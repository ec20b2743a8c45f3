"""What trainers read instead of ids, files and fields: titles, and the labels of the forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from assistant.text import fold
from gateway.console.places import situation_of
from trainer.wording import MARK, intent_names

_WORDS = yaml.safe_load(Path(__file__).with_name("fields.yml").read_text(encoding="utf-8"))
FIELDS: Mapping[str, str] = _WORDS["fields"]
_KINDS: Mapping[str, str] = _WORDS["kinds"]
_FILES: Mapping[str, str] = _WORDS["files"]
_FILE = re.compile(r"\b(?:data|knowledge|tests/nlu)/[\w/]*(?:\.yml)?(?::\d+)?|\bdomain\.yml\b")
# "slowness.yml: checks.0.title: …", as the loader says it.
_FAULT = re.compile(r"([a-z0-9_]+)\.yml: (?:([\w.() ]+): )?(.*)", re.S)
_LACKS = re.compile(r"falta um campo obrigatório \('(\w+)' is a required property\)")
_QUOTED = re.compile(r"'([a-z][a-z0-9_]*)'")
_WORD = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_OURS = re.compile(r"(“[^”]*”)")


@dataclass(frozen=True)
class Names:
    """Titles by id; `checks` has those of each situation's checks, in their order."""

    situations: Mapping[str, str] = field(default_factory=dict)
    articles: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, id: str) -> str:
        """Return the title of a situation, an article, or another intent's name."""
        found = self.situations.get(id) or self.articles.get(id) or intent_names().get(id, "")
        return found if found and not found.startswith(MARK) else _KINDS["nameless"]

    def knows(self, id: str) -> bool:
        """Whether something has that id."""
        return id in self.situations or id in self.articles or id in intent_names()

    def place(self, file: str, place: str = "") -> str:
        """Return where in a file something stands, in words."""
        if (found := situation_of(file, place)) and self.knows(found):
            kind = next((word for start, word in _KINDS.items() if file.startswith(start)), "")
            words = [kind.format(title=self.of(found)), *self._within(file, place, found)]
            return ", ".join(filter(None, words))
        if file == "knowledge/articles.yml" and place:
            id, _, rest = place.partition(".")
            more = [FIELDS.get(part, "") for part in rest.split(".")]
            return ", ".join(filter(None, [_KINDS["article"].format(title=self.of(id)), *more]))
        if file.startswith("data/") and place in intent_names():
            return _KINDS["talk"].format(title=self.of(place))
        return next((words for name, words in _FILES.items() if file.startswith(name)), file)

    def plain(self, text: str) -> str:
        """Return a sentence with titles and labels where it has ids, files and fields."""
        if found := _FAULT.fullmatch(text):
            file = f"knowledge/{'' if found[1] in _SHARED else 'situations/'}{found[1]}.yml"
            text = f"{self.place(file, found[2] or '')}: {found[3]}"
        text = _LACKS.sub(lambda one: f"falta “{FIELDS.get(one[1], one[1])}”", text)
        text = _QUOTED.sub(lambda one: f"“{self._named(one[1])}”", text)
        parts = _OURS.split(text)
        return "".join(p if p.startswith("“") else self._words(p) for p in parts)

    def _words(self, text: str) -> str:
        text = _FILE.sub(lambda one: self.place(one[0].partition(":")[0]), text)
        parts = _OURS.split(text)
        return "".join(p if p.startswith("“") else _WORD.sub(self._word, p) for p in parts)

    def _word(self, found: re.Match[str]) -> str:
        id = found[0]
        if not self.knows(id) or id in fold(self.of(id)).split():
            return id
        before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
        inside = any(one.isalnum() or one in ("_", "{", "}") for one in (before, after))
        return id if inside else f"“{self.of(id)}”"

    def _named(self, id: str) -> str:
        if self.knows(id):
            return self.of(id)
        of_checks = (checks[id] for checks in self.checks.values() if id in checks)
        return FIELDS.get(id) or next(of_checks, id)

    def _within(self, file: str, place: str, situation: str) -> list[str]:
        """Return the check and the field of a place like checks.maquina.text or checks.0.text."""
        if not file.startswith("knowledge/"):
            return []
        first, *rest = place.split(".")
        checks = self.checks.get(situation, {})
        if first == "checks" and rest:
            number = int(rest[0]) if rest[0].isdecimal() else -1
            title = list(checks.values())[number] if 0 <= number < len(checks) else ""
            check = checks.get(rest[0], title) or _KINDS["nameless"]
            return [_KINDS["check"].format(title=check), *(FIELDS.get(one, "") for one in rest[1:])]
        return [FIELDS.get(first, "")]


_SHARED = frozenset(["articles", "topics", "labels"])
