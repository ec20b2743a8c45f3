"""The one message schema: a response by name, its values, its choices, its parts.

A channel that draws gets the parts as `custom`; any other gets them as lines of the text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.dialogue.state import Pending


@dataclass(frozen=True)
class Parts:
    """What a channel may draw: progress, menu path, article links, a text to copy, a case.

    `show` says that the person asked where the menu is: who can point at it does.
    """

    progress: dict[str, Any] = field(default_factory=dict)
    menu: tuple[str, ...] = ()
    show: bool = False
    articles: tuple[dict[str, str], ...] = ()
    copy: str = ""
    done: tuple[dict[str, str], ...] = ()
    case: int = 0

    def custom(self) -> dict[str, Any]:
        """Return the parts that are there, as JSON."""
        values = {k: list(v) if isinstance(v, tuple) else v for k, v in vars(self).items()}
        return {k: v for k, v in values.items() if v}


@dataclass(frozen=True)
class Message:
    """One message of the assistant: the response's name in domain.yml and what fills it."""

    response: str
    values: Mapping[str, Any] = field(default_factory=dict)
    parts: Parts = Parts()
    pending: Pending | None = None

    def buttons(self) -> list[dict[str, Any]]:
        """Return the choices as Rasa's buttons; the payload carries the question's serial."""
        if self.pending is None:
            return []
        return [
            {
                "title": option.label,
                "payload": f"/choose{json.dumps({'option': f'{self.pending.serial}.{option.id}'})}",
                "more": option.more,
            }
            for option in self.pending.options
        ]


def plain_lines(parts: Parts, labels: Mapping[str, str]) -> tuple[str, str]:
    """Return the lines that stand before and after the text where nothing is drawn."""
    before = []
    if parts.progress:
        before.append(labels["progress"].format(**parts.progress))
    if parts.menu:
        before.append(labels["path"].format(path=" > ".join(parts.menu)))
    after = [f"- {a['title']} ({labels['link_' + a['link']]}): {a['url']}" for a in parts.articles]
    if parts.copy:
        after.append(f"«{parts.copy}»")
    return "\n".join(before), "\n".join(after)
