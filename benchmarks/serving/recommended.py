"""The same knowledge as a project for Rasa's recommended pipeline: stories and responses alone.

Each situation's checks are responses, gone through by stories in order until "resolved"; the
articles are a retrieval intent for the ResponseSelector. No custom action, so no action server.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.knowledge import Knowledge
from benchmarks.nlu.data import Rows

Content = dict[str, Any]
# Of each article's questions, as many as the ResponseSelector learns in minutes.
QUESTIONS = 3
_ENDS = {"utter_solved": "Que bom que resolveu!", "utter_person": "Vou chamar uma pessoa do time."}
_VERSION = {"version": "3.1"}


def domain(knowledge: Knowledge, rows: Rows) -> Content:
    """Return the domain: every check, article and small talk is a response."""
    said = {name: text for name, text in _responses(knowledge, rows)}
    intents = sorted({intent for _, intent in rows}) + ["faq"]
    return {
        **_VERSION,
        "intents": intents,
        "responses": {name: [{"text": text}] for name, text in said.items()},
        "session_config": {
            "session_expiration_time": 60,
            "carry_over_slots_to_new_session": True,
        },
    }


def nlu(knowledge: Knowledge, rows: Rows) -> Content:
    """Return the phrases, the articles' questions among them."""
    texts: dict[str, list[str]] = defaultdict(list)
    for text, intent in rows:
        texts[intent].append(text)
    for article in knowledge.articles.values():
        texts[f"faq/{article.id}"] = list(article.questions[:QUESTIONS])
    return examples(texts)


def examples(texts: Mapping[str, list[str]]) -> Content:
    """Return Rasa's file of phrases by intent."""
    return {**_VERSION, "nlu": [_examples(intent, some) for intent, some in texts.items()]}


def stories(knowledge: Knowledge) -> Content:
    """Return a story to the end of each guide, and one for each check that resolves it."""
    found = []
    for situation in knowledge.situations.values():
        names = [f"utter_{situation.id}_{check.id}" for check in situation.checks]
        for resolved_at in range(len(names) + 1):
            found.append(_story(situation.id, names, resolved_at))
    return {**_VERSION, "stories": found}


def rules(rows: Rows, situations: set[str]) -> Content:
    """Return a rule for whatever is no situation and no step of a guide."""
    alone = {intent for _, intent in rows} - situations - {"resolved", "not_resolved"}
    steps = {intent: f"utter_{intent}" for intent in sorted(alone)}
    steps |= {"faq": "utter_faq", "nlu_fallback": "utter_default"}
    return {**_VERSION, "rules": [_rule(intent, action) for intent, action in steps.items()]}


def _story(situation: str, names: list[str], resolved_at: int) -> Content:
    steps: list[Content] = [{"intent": situation}]
    for number, name in enumerate(names):
        steps.append({"action": name})
        if number == resolved_at:
            steps += [{"intent": "resolved"}, {"action": "utter_solved"}]
            break
        steps.append({"intent": "not_resolved"})
    else:
        steps.append({"action": "utter_person"})
    return {"story": f"{situation} {resolved_at}", "steps": steps}


def _rule(intent: str, action: str) -> Content:
    return {"rule": intent, "steps": [{"intent": intent}, {"action": action}]}


def _responses(knowledge: Knowledge, rows: Rows) -> Iterator[tuple[str, str]]:
    yield from _ENDS.items()
    yield "utter_default", "Não entendi."
    for situation in knowledge.situations.values():
        for check in situation.checks:
            yield f"utter_{situation.id}_{check.id}", f"{check.text}\n\n{check.question}"
    for article in knowledge.articles.values():
        yield f"utter_faq/{article.id}", article.title
    for intent in sorted({intent for _, intent in rows}):
        if intent not in knowledge.situations:
            yield f"utter_{intent}", intent.replace("_", " ")


def _examples(intent: str, texts: list[str]) -> Content:
    # Rasa's YAML reads brackets as entities.
    lines = (text.replace("[", "(").replace("]", ")").replace("\n", " ") for text in texts)
    return {"intent": intent, "examples": "".join(f"- {line}\n" for line in lines)}
