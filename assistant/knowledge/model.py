"""The values that the knowledge files are read into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from assistant.text import fold

ThenKind = Literal["solved", "next", "articles", "person", "check", "article"]
CheckKind = Literal["check", "branch", "article", "escalate"]
ADMINISTRATOR = "administrador"


@dataclass(frozen=True)
class Then:
    """Where an answer leads: an end, the next check, a named check, or a named article."""

    kind: ThenKind
    target: str = ""


@dataclass(frozen=True)
class Answer:
    """One answer to a check's question, and the reply meanings and phrases that choose it."""

    id: str
    label: str
    then: Then
    replies: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One thing to verify, and the question about what it showed."""

    id: str
    kind: CheckKind
    title: str
    performer: str
    text: str
    question: str
    answers: tuple[Answer, ...]
    menu: tuple[str, ...] = ()
    why: str = ""
    names: tuple[str, ...] = ()
    ask_admin: str = ""
    tried: tuple[str, ...] = ()

    @property
    def needs_admin(self) -> bool:
        """Whether only an administrator can do it."""
        return self.performer == ADMINISTRATOR

    def answer(self, answer_id: str) -> Answer | None:
        """Return the answer of that id, or None."""
        return next((a for a in self.answers if a.id == answer_id), None)


@dataclass(frozen=True)
class Situation:
    """One documented problem: how it is told apart, its checks in order, its articles."""

    id: str
    title: str
    module: str
    performer: str
    clarify: str
    summary: str
    section: int
    verified: str
    checks: tuple[Check, ...]
    articles: tuple[str, ...]

    def check(self, check_id: str) -> Check | None:
        """Return the check of that id, or None."""
        return next((c for c in self.checks if c.id == check_id), None)

    def after(self, check: Check) -> Check | None:
        """Return the check that follows in the file, or None after the last."""
        place = self.checks.index(check) + 1
        return self.checks[place] if place < len(self.checks) else None

    def led_to(self, check: Check, then: Then) -> Check | None:
        """Return the check that `then` leads to from `check`; None where the checks end."""
        if then.kind == "next":
            return self.after(check)
        if then.kind == "check":
            return self.check(then.target)
        # An article is an aside: whoever reads it and still has the problem goes on.
        return self.after(check) if then.kind == "article" else None

    def remaining(self, check: Check, passed_by: frozenset[str] = frozenset()) -> int:
        """Return how many checks the longest way from `check` to an end has, itself included.

        Checks in `passed_by` do not count.
        """
        onward = [self.led_to(check, a.then) for a in check.answers]
        longest = max((self.remaining(c, passed_by) for c in onward if c), default=0)
        return longest + (check.id not in passed_by)


@dataclass(frozen=True)
class Article:
    """One wiki article; without `url` it is linked by a search for its title."""

    id: str
    title: str
    url_status: str
    situations: tuple[str, ...]
    questions: tuple[str, ...]
    wiki_title: str = ""
    url: str = ""
    opens: str = ""
    error_texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topics:
    """Words that name a topic and no problem, and the situations that may be meant."""

    fillers: frozenset[str]
    situations: Mapping[str, tuple[str, ...]]

    def of(self, text: str) -> tuple[str, ...]:
        """Return the situations of a text that is only a topic; none for any other text."""
        words = [word for word in fold(text).split() if word not in self.fillers]
        return self.situations.get(" ".join(words), ())


@dataclass(frozen=True)
class Knowledge:
    """Everything that was loaded, by id and in the files' order."""

    situations: Mapping[str, Situation]
    articles: Mapping[str, Article]
    labels: Mapping[str, str]
    topics: Topics

    def modules(self) -> dict[str, list[Situation]]:
        """Return the situations of each module, in the source's order."""
        grouped: dict[str, list[Situation]] = {}
        for situation in sorted(self.situations.values(), key=lambda s: s.section):
            grouped.setdefault(situation.module, []).append(situation)
        return grouped
