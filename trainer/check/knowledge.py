"""What the knowledge files say wrong, and guides that leave people without a way on."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.knowledge import Check, Situation
from trainer.check.project import Project
from trainer.check.result import Finding, Findings, fail, warn


def faults(project: Project) -> Findings:
    """Yield what the loader refuses: fields, unknown ids, checks never reached or without end."""
    for fault in project.faults:
        name, _, rest = fault.partition(": ")
        if name == "topics.yml" or name == "labels.yml" or name == "articles.yml":
            file = f"knowledge/{name}"
        else:
            file = f"knowledge/situations/{name}"
        if file not in project.unreadable:
            place, _, text = rest.partition(": ")
            yield fail("knowledge", file, place if text else "", text=text or rest)


def ways(project: Project) -> Findings:
    """Yield checks that cannot end well, or badly, and articles that no answer opens."""
    if project.knowledge is None:
        return
    for situation in project.knowledge.situations.values():
        yield from _ways_of(situation)


def _ways_of(situation: Situation) -> Iterator[Finding]:
    file = f"knowledge/situations/{situation.id}.yml"
    if not any(_solves(check) for check in situation.checks):
        yield warn("never_solved", file, "checks")
    for check in situation.checks:
        kinds = {answer.then.kind for answer in check.answers}
        if kinds == {"solved"}:
            yield fail("only_solved", file, f"checks.{check.id}.answers")
        if len({answer.then for answer in check.answers}) == 1 and kinds != {"solved"}:
            yield warn("same_way", file, f"checks.{check.id}.answers")


def _solves(check: Check) -> bool:
    return any(answer.then.kind == "solved" for answer in check.answers)
