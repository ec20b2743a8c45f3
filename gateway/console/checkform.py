"""A check as the fields of a form, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.knowledge.model import ADMINISTRATOR
from gateway.console.forms import Form
from gateway.console.stubs import hint, id_of, is_stub, without

ANSWERS = 4
ENDS = ("solved", "next", "articles", "person")
KINDS = ("check", "branch", "article", "escalate")
PLAIN = ("title", "text", "why", "question", "ask_admin")
REQUIRED = ("title", "text", "question")


def shown(check: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form shows of a check; stubs are empty."""
    answers = [_answer(one) for one in check.get("answers") or ()]
    return {
        "id": check.get("id", ""),
        "kind": check.get("kind", "check"),
        "performer": check.get("performer", ""),
        **{field: without(check.get(field, "")) for field in PLAIN},
        "menu": "\n".join(without(one) for one in check.get("menu") or ()).strip(),
        "names": ", ".join(check.get("names") or ()),
        "tried": ", ".join(check.get("tried") or ()),
        "answers": answers + [_answer({})] * (ANSWERS - len(answers)),
    }


def hints(check: Mapping[str, Any]) -> dict[str, str]:
    """Return what the stubs of a check ask for."""
    return {field: hint(check.get(field, "")) for field in PLAIN}


def typed(form: Form) -> dict[str, Any]:
    """Return what stands in the form, to be shown again."""
    plain = (*PLAIN, "id", "kind", "performer", "menu", "names", "tried")
    return {**{f: form.text(f) for f in plain}, "answers": [_row(form, n) for n in range(ANSWERS)]}


def fields(form: Form, check: Mapping[str, Any], performer: str = "") -> dict[str, Any]:
    """Return the fields of a check that the form changes; None takes one away.

    What is still a stub and was left empty stays one where a check cannot be without it: the
    message to the administrator, where one is needed. `performer` is the situation's.
    """
    needed = {*REQUIRED}
    if (form.text("performer") or performer) == ADMINISTRATOR:
        needed.add("ask_admin")
    wanted: dict[str, Any] = {field: form.text(field) for field in PLAIN}
    wanted |= {
        "kind": form.text("kind") or check.get("kind", "check"),
        "performer": form.text("performer"),
    }
    wanted |= {"menu": form.lines("menu"), "names": form.items("names")}
    wanted |= {"tried": form.items("tried"), "answers": _answers(form, check)}
    found = {}
    for field, value in wanted.items():
        before = check.get(field)
        stays = field in needed and is_stub(before) and not value
        if not stays and value != (before or type(value)()):
            found[field] = value if value or field in ("names", "tried") else None
    return {f: v for f, v in found.items() if v is not None or f in check}


def _answer(one: Mapping[str, Any]) -> dict[str, str]:
    then = one.get("then", "")
    if isinstance(then, Mapping):
        then = "".join(f"{kind}:{target}" for kind, target in then.items())
    return {"id": one.get("id", ""), "label": one.get("label", ""), "then": then,
            "replies": ", ".join(one.get("replies") or ()),
            "phrases": ", ".join(one.get("phrases") or ())}  # fmt: skip


def _row(form: Form, n: int) -> dict[str, str]:
    return {name: form.text(f"answer_{n}_{name}")
            for name in ("id", "label", "then", "replies", "phrases")}  # fmt: skip


def _answers(form: Form, check: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the answers that have a label; lists that are empty stand only where they did."""
    before = {one["id"]: one for one in check.get("answers") or ()}
    found = []
    for n in range(ANSWERS):
        row = _row(form, n)
        if not row["label"]:
            continue
        kind, _, target = row["then"].partition(":")
        one: dict[str, Any] = {"id": row["id"] or id_of(row["label"]), "label": row["label"],
                               "then": {kind: target} if target else kind}  # fmt: skip
        for name in ("replies", "phrases"):
            items = form.items(f"answer_{n}_{name}")
            if items or name in before.get(one["id"], {}):
                one[name] = items
        found.append(one)
    return found
