"""Real questions answered by the running version and by the candidate, and what differs."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from assistant.knowledge import Situation, load_knowledge
from release.settings import ROOT
from release.wording import say, texts
from trainer.review.masking import mask

Group = Literal["better", "refused", "situation", "checks", "asked", "reply"]
EXAMPLES = 5
MOST_SHOWN = 90
WAIT_SECONDS = 900.0
_RANK = {"opened": 3, "asked": 2, "articles": 1, "refused": 0}


class ReplayFailed(Exception):
    """A version could not answer; the text says which kind of failure, never a question."""


@dataclass(frozen=True)
class Answer:
    """How a version takes a text: opened, asked, articles, refused or reply, and what it names."""

    way: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A question that is answered otherwise; `text` is a person's, so mask it before showing it."""

    text: str
    before: Answer
    after: Answer


@dataclass
class Differences:
    """What changed, by group; `checks` tells for each situation what changed in its guide."""

    total: int
    changes: dict[Group, list[Change]] = field(default_factory=dict)
    checks: dict[str, list[str]] = field(default_factory=dict)

    @property
    def same(self) -> int:
        """Return how many questions are answered alike."""
        return self.total - sum(map(len, self.changes.values()))


async def answers(folder: Path, questions: Sequence[str]) -> list[Answer]:
    """Return what the version in a folder answers; raise ReplayFailed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        str(ROOT / ".venv/bin/python"), "-W", "ignore", "-m", "trainer.answers",
        cwd=folder, env=environment, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            said, _ = await process.communicate(json.dumps(list(questions)).encode())
    except TimeoutError:
        process.kill()
        raise ReplayFailed(f"> {WAIT_SECONDS:.0f} s") from None
    if process.returncode:
        raise ReplayFailed(f"código {process.returncode}")
    return [Answer(one["way"], tuple(one["names"])) for one in json.loads(said)]


async def replay(running: Path, candidate: Path, questions: Sequence[str]) -> Differences:
    """Return what changes for these questions from one folder's version to the other's."""
    before = await answers(running, questions)  # one after the other: each takes half a gigabyte
    after = await answers(candidate, questions)
    checks = changed_checks(running / "knowledge", candidate / "knowledge")
    return compare(questions, before, after, checks)


def compare(
    questions: Sequence[str],
    before: Sequence[Answer],
    after: Sequence[Answer],
    checks: Mapping[str, list[str]],
) -> Differences:
    """Group what differs."""
    found = Differences(len(questions), checks=dict(checks))
    for text, old, new in zip(questions, before, after, strict=True):
        if group := group_of(old, new, checks):
            found.changes.setdefault(group, []).append(Change(text, old, new))
    return found


def group_of(old: Answer, new: Answer, checks: Mapping[str, Any]) -> Group | None:
    """Return what kind of change it is, None where there is none."""
    if old == new:
        return "checks" if new.way == "opened" and new.names[0] in checks else None
    if "reply" in (old.way, new.way):
        return "reply"
    if new.way == "refused":
        return "refused"
    if _RANK[new.way] > _RANK[old.way]:
        return "better"
    if _RANK[new.way] < _RANK[old.way]:
        return "refused" if new.way == "articles" else "asked"
    return "situation"


def changed_checks(running: Path, candidate: Path) -> dict[str, list[str]]:
    """Return, by situation that both have, what changed in its checks, in words."""
    before, after = (load_knowledge(folder).situations for folder in (running, candidate))
    both = [id for id in after if id in before]
    found = {id: list(_changes(before[id], after[id])) for id in both}
    return {id: words for id, words in found.items() if words}


def _changes(old: Situation, new: Situation) -> Iterator[str]:
    before, after = ({check.id: check for check in one.checks} for one in (old, new))
    for id, check in after.items():
        if id not in before:
            yield say("replay.check_added", title=check.title)
        elif check != before[id]:
            yield say("replay.check_changed", title=check.title)
    for id in before.keys() - after.keys():
        yield say("replay.check_gone", title=before[id].title)
    common = before.keys() & after.keys()
    if [id for id in before if id in common] != [id for id in after if id in common]:
        yield say("replay.check_order")


def report(found: Differences, titles: Mapping[str, str], examples: bool) -> Iterator[str]:
    """Yield the lines for the trainer; `examples`, masked, only where a person looks."""
    if not found.total:
        yield say("replay.none")
        return
    yield say("replay.total", n=found.total, same=found.same)
    for group, name in texts()["replay"]["groups"].items():
        changes = found.changes.get(group, [])
        if changes:
            yield say("replay.group", n=len(changes), name=name)
        if examples and group != "checks":
            yield from _examples(changes, titles)
    for id, words in found.checks.items():
        yield say("replay.changed_checks", title=titles.get(id, id), what="; ".join(words))


def _examples(changes: Sequence[Change], titles: Mapping[str, str]) -> Iterator[str]:
    for one in changes[:EXAMPLES]:
        before, after = (worded(answer, titles) for answer in (one.before, one.after))
        yield say("replay.example", text=shown(one.text), before=before, after=after)
    if len(changes) > EXAMPLES:
        yield say("replay.more", n=len(changes) - EXAMPLES)


def shown(text: str) -> str:
    """Return a person's words without what names them, on a line and not too long."""
    masked = " ".join(mask(text).split())
    return masked if len(masked) <= MOST_SHOWN else f"{masked[:MOST_SHOWN]}…"


def worded(answer: Answer, titles: Mapping[str, str]) -> str:
    """Return an answer in words."""
    named = " / ".join(titles.get(name, name) for name in answer.names)
    return say(f"replay.way.{answer.way}", titles=named)
