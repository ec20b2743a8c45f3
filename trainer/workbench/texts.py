"""What a trainer changes of the assistant's own sentences and labels."""

from __future__ import annotations

from string import Formatter

from trainer.workbench import ids
from trainer.workbench.change import Edit
from trainer.workbench.draft import Draft
from trainer.workbench.errors import missing, refuse, say
from trainer.workbench.roundtrip import scalar


def set_response(draft: Draft, name: str, text: str) -> list[Edit]:
    """Change a sentence of domain.yml; the names in braces must stay."""
    responses = draft.content(ids.DOMAIN)["responses"]
    if name not in responses:
        raise missing("unknown_response", name=name)
    variation = responses[name][0]
    before = str(variation["text"])
    _same_values(name, before, text)
    if text.strip() != before:
        variation["text"] = type(variation["text"])(text.strip())
    return _edited("response", ids.DOMAIN, f"responses.{name}", before, text)


def set_label(draft: Draft, name: str, text: str) -> list[Edit]:
    """Change a text of knowledge/labels.yml; the names in braces must stay."""
    labels = draft.content(ids.LABELS)
    if name not in labels:
        raise missing("unknown_label", name=name)
    before = str(labels[name])
    _same_values(name, before, text)
    if text.strip() != before:
        labels[name] = scalar(text, labels[name])
    return _edited("label", ids.LABELS, name, before, text)


def placeholders(name: str, text: str) -> set[str]:
    """Return the names in braces; raise Refused where a brace has no other half."""
    try:
        return {found for _, found, _, _ in Formatter().parse(text) if found is not None}
    except ValueError:
        raise refuse("braces", name=name) from None


def _same_values(name: str, before: str, after: str) -> None:
    if not after.strip():
        raise refuse("empty_text")
    expected, found = placeholders(name, before), placeholders(name, after)
    if expected != found:
        raise refuse("values_differ", name=name, expected=_listed(expected), found=_listed(found))


def _listed(names: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or say("none")


def _edited(what: str, file: str, place: str, before: str, after: str) -> list[Edit]:
    return [] if before == after.strip() else [Edit(what, file, place, before, after.strip())]
