"""A project of the shape of RasaHQ/helpdesk-assistant: one form that opens an incident, one that
asks for its status. Structure and configuration values are its own; every word is ours.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from benchmarks.nlu.data import Rows
from benchmarks.serving.phrases import EMAIL

Content = dict[str, Any]
FORM, STATUS = "open_incident_form", "incident_status_form"
ACTIONS = ("action_ask_email", "action_open_incident", "action_check_incident_status")
_VERSION = {"version": "3.1"}
_PLAIN = ("greet", "goodbye", "thanks", "help", "bot_challenge", "out_of_scope")
_INFORM = (
    "[alta](priority)", "prioridade [alta](priority)", "é [baixa](priority)",
    "[média](priority)", "prioridade [média](priority)", "pode pôr [baixa](priority)",
    "prioridade [baixa](priority)", "acho que [alta](priority)",
    f"[{EMAIL}](email)", "[joao@example.com](email)", "meu e-mail é [bia@example.org](email)",
)  # fmt: skip
_STATUS = ("como está meu chamado", "status do chamado", "já olharam o meu chamado?")
_ASKED = {
    "priority": "Qual é a prioridade?",
    "problem_description": "Descreva o problema.",
    "incident_title": "Que título damos ao chamado?",
    "confirm": "Posso abrir o chamado de {email}: {incident_title}?",
}


def domain(rows: Rows, situations: list[str]) -> Content:
    """Return the domain: two forms, six slots, three actions and a validation."""
    known = {intent for _, intent in rows}
    plain = [name for name in _PLAIN if name in known]
    said = {f"utter_{name}": name for name in plain}
    said |= {f"utter_ask_{name}": text for name, text in _ASKED.items()}
    said |= {"utter_default": "Não entendi.", "utter_email": "Qual é o seu e-mail?"}
    return {
        **_VERSION,
        "session_config": {
            "session_expiration_time": 0.0,
            "carry_over_slots_to_new_session": True,
        },
        "intents": [*plain, *situations, "affirm", "deny", "inform", "incident_status"],
        "entities": ["email", "priority"],
        "slots": _slots(),
        "forms": {
            FORM: {"required_slots": ["email", *_ASKED]},
            STATUS: {"required_slots": ["email"]},
        },
        "actions": [*ACTIONS, f"validate_{FORM}"],
        "responses": {name: [{"text": text}] for name, text in said.items()},
    }  # fmt: skip


def nlu(rows: Rows, situations: list[str]) -> Content:
    """Return the phrases of those intents, and what fills the slots."""
    wanted = {*_PLAIN, *situations, "affirm", "deny"}
    texts: dict[str, list[str]] = defaultdict(list)
    for text, intent in rows:
        if intent in wanted:
            texts[intent].append(text.replace("[", "(").replace("]", ")").replace("\n", " "))
    texts |= {"inform": list(_INFORM), "incident_status": list(_STATUS)}
    blocks: list[Content] = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in some)}
        for intent, some in texts.items()
    ]
    blocks.append({"regex": "email", "examples": "- [\\w.+-]+@[\\w-]+\\.[\\w.]+\n"})
    return {**_VERSION, "nlu": blocks}


def rules(situations: list[str]) -> Content:
    """Return the rules that start and submit the forms."""
    start = {"or": [{"intent": situation} for situation in situations]}
    return {
        **_VERSION,
        "rules": [
            {"rule": "start", "steps": [start, *_opened(FORM)]},
            _submitted(FORM, "action_open_incident"),
            {"rule": "ask", "steps": [{"intent": "incident_status"}, *_opened(STATUS)]},
            _submitted(STATUS, "action_check_incident_status"),
            _answered("nlu_fallback", "utter_default"),
            _answered("bot_challenge", "utter_bot_challenge"),
        ],
    }


def stories(situations: list[str]) -> Content:
    """Return small talk, and forms that are interrupted by it."""
    plain = [name for name in _PLAIN if name != "bot_challenge"]
    found: list[Content] = [
        {"story": name, "steps": [{"intent": name}, {"action": f"utter_{name}"}]} for name in plain
    ]
    start: Content = {"or": [{"intent": situation} for situation in situations]}
    for name in ("help", "out_of_scope"):
        aside: list[Content] = [{"intent": name}, {"action": f"utter_{name}"}, {"action": FORM}]
        end: list[Content] = [{"active_loop": None}, {"action": "action_open_incident"}]
        found.append({"story": f"{name} within", "steps": [start, *_opened(FORM), *aside, *end]})
    return {**_VERSION, "stories": found}


def _slots() -> Content:
    def slot(kind: str, *mappings: Content) -> Content:
        return {"type": kind, "influence_conversation": False, "mappings": list(mappings)}

    def asked(name: str) -> list[Content]:
        return [{"active_loop": FORM, "requested_slot": name}]

    text = {"type": "from_text", "not_intent": ["help", "out_of_scope", "affirm", "deny"]}
    yes, no = (
        {"type": "from_intent", "intent": i, "value": i == "affirm"} for i in ("affirm", "deny")
    )
    return {
        "email": slot("text", {"type": "from_entity", "entity": "email"}),
        "priority": slot("text", {"type": "from_entity", "entity": "priority"}),
        "problem_description": slot("text", {**text, "conditions": asked("problem_description")}),
        "incident_title": slot("text", {**text, "conditions": asked("incident_title")}),
        "confirm": slot(
            "bool", *({**one, "conditions": asked("confirm")} for one in (yes, no))
        ),
        "previous_email": slot("text", {"type": "custom"}),
    }  # fmt: skip


def _opened(form: str) -> list[Content]:
    return [{"action": form}, {"active_loop": form}]


def _submitted(form: str, action: str) -> Content:
    steps = [{"action": form}, {"active_loop": None}, {"action": action}]
    return {"rule": f"submit {form}", "condition": [{"active_loop": form}], "steps": steps}


def _answered(intent: str, action: str) -> Content:
    return {"rule": intent, "steps": [{"intent": intent}, {"action": action}]}
