"""The least that a Rasa can be: keywords, one rule for each, one response. Its cost is a floor.

Whatever is built on Rasa's server pays its graph, two predictions and its tracker at every turn.
"""

from __future__ import annotations

from typing import Any

from benchmarks.serving import recommended
from benchmarks.serving.phrases import NOT_RESOLVED, RESOLVED

Content = dict[str, Any]
_WORDS = {"resolved": [RESOLVED], "not_resolved": [NOT_RESOLVED]}
_VERSION = {"version": "3.1"}


def parts() -> dict[str, Content]:
    """Return the files of the project."""
    answers = {f"utter_{intent}": [{"text": intent}] for intent in _WORDS}
    answers["utter_default"] = [{"text": "Não entendi."}]
    rules = [
        {"rule": intent, "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}
        for intent in _WORDS
    ]
    return {
        "domain.yml": {**_VERSION, "intents": list(_WORDS), "responses": answers},
        "data/nlu.yml": recommended.examples(_WORDS),
        "data/rules.yml": {**_VERSION, "rules": rules},
    }
