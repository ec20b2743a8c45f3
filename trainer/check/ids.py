"""One name per situation, the same in every place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from assistant.dialogue.turn import FALLBACK, OUT_OF_SCOPE, PAYLOADS, REPLIES, SMALL_TALK, UNSURE
from trainer.check.project import Project
from trainer.check.result import Finding, Findings, fail, warn

# Decided by a component, or pressed: in the domain without examples.
UNTRAINED = frozenset({UNSURE}) | PAYLOADS
FIXED = REPLIES | SMALL_TALK | {OUT_OF_SCOPE} | UNTRAINED
ACTION = "action_guide"


def agree(project: Project) -> Findings:
    """Yield each situation that a place lacks, and each that only that place has."""
    ids = project.situations
    intents = [str(intent) for intent in project.domain.get("intents") or ()]
    if "domain.yml" in project.files:
        yield from _differences("domain.yml", "intents", set(intents) - FIXED, ids)
        yield from (
            fail("id_lacks", "domain.yml", "intents", id=i) for i in sorted(FIXED - set(intents))
        )
        for intent, times in Counter(intents).items():
            if times > 1:
                yield fail("id_twice", "domain.yml", "intents", id=intent)
    files = {path.stem for path in (project.root / "data/situations").glob("*.yml")}
    yield from _differences("data/situations/", "", files, ids)
    for folder in ("tests/nlu/heldout/", "tests/nlu/tuning/"):
        found = {p.intent for p in project.apart if p.file.startswith(folder)}
        yield from (fail("id_unknown", folder, id=one) for one in sorted(found - FIXED - ids))
        if folder.endswith("tuning/"):  # too few held out are told by balance.py
            yield from (warn("no_tuning", f"{folder}{one}.yml", one) for one in sorted(ids - found))
    yield from _stray(project)


def _differences(file: str, place: str, found: set[str], ids: set[str]) -> Iterator[Finding]:
    yield from (fail("id_lacks", file, place, id=one) for one in sorted(ids - found))
    yield from (fail("id_unknown", file, place, id=one) for one in sorted(found - ids))


def _stray(project: Project) -> Iterator[Finding]:
    """Examples of no intent, of another situation than their file's, or among ambiguous ones."""
    known = project.situations | FIXED
    for phrase in {(p.file, p.intent): p for p in project.trained}.values():
        folder, _, name = phrase.file.rpartition("/")
        if phrase.intent not in known:
            yield fail("id_unknown", phrase.file, "nlu", phrase.line, id=phrase.intent)
        elif folder == "data/ambiguous" or (
            folder == "data/situations" and name != f"{phrase.intent}.yml"
        ):
            yield fail("id_elsewhere", phrase.file, "nlu", phrase.line, id=phrase.intent)


def one_rule_each(project: Project) -> Findings:
    """Yield intents without exactly one rule that leads to the one action."""
    ruled: dict[str, list[str]] = {}
    for file in project.below("data/"):
        for rule in _rules(project.files[file]):
            intent, actions = _steps(rule)
            ruled.setdefault(intent, []).append(file)
            if actions != [ACTION]:
                yield fail("rule_action", file, f"rules.{rule.get('rule', '')}", action=ACTION)
    for intent in sorted(project.situations | FIXED | {FALLBACK}):
        files = ruled.get(intent, [])
        if len(files) != 1:
            here = files[-1] if files else _home(intent, project)
            yield fail("rule_twice" if files else "rule_lacks", here, "rules", id=intent)
    for intent in sorted(set(ruled) - project.situations - FIXED - {FALLBACK}):
        yield fail("id_unknown", ruled[intent][0], "rules", id=intent)


def _home(intent: str, project: Project) -> str:
    if intent in project.situations:
        return f"data/situations/{intent}.yml"
    return "data/rules/replies.yml"


def _rules(content: Any) -> list[dict[str, Any]]:
    found = content.get("rules") if isinstance(content, dict) else None
    return [rule for rule in found or () if isinstance(rule, dict)]


def _steps(rule: dict[str, Any]) -> tuple[str, list[str]]:
    steps = [step for step in rule.get("steps") or () if isinstance(step, dict)]
    intent = next((str(step["intent"]) for step in steps if "intent" in step), "")
    return intent, [str(step["action"]) for step in steps if "action" in step]
