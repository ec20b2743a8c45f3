"""One message for every channel: drawn as parts, or written as lines."""

from __future__ import annotations

import json

import pytest

from assistant.dialogue.messages import Message, Parts, plain_lines
from assistant.dialogue.state import Option, Pending

LABELS = {
    "progress": "{n}/{m} {title}",
    "path": "[{path}]",
    "link_article": "A",
    "link_search": "S",
    "link_source": "O",
}
LINK = {"title": "T", "url": "https://w/1", "link": "search"}


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        (Parts(), ("", "")),
        (Parts(progress={"n": 2, "m": 4, "title": "X"}), ("2/4 X", "")),
        (Parts(menu=("Administrador", "Chat")), ("[Administrador > Chat]", "")),
        (Parts(progress={"n": 1, "m": 1, "title": "X"}, menu=("A",)), ("1/1 X\n[A]", "")),
        (
            Parts(articles=(LINK, {**LINK, "link": "article"})),
            ("", "- T (S): https://w/1\n- T (A): https://w/1"),
        ),
        (Parts(copy="Por favor"), ("", "«Por favor»")),
        (Parts(articles=(LINK,), copy="c"), ("", "- T (S): https://w/1\n«c»")),
    ],
)
def test_plain_lines_stand_before_and_after(parts, lines):
    assert plain_lines(parts, LABELS) == lines


def test_custom_holds_only_the_parts_that_are_there_as_json():
    parts = Parts(menu=("A", "B"), articles=(LINK,), case=3)
    assert parts.custom() == {"menu": ["A", "B"], "articles": [LINK], "case": 3}
    assert json.loads(json.dumps(parts.custom())) == parts.custom()
    assert Parts().custom() == {}


def test_buttons_carry_label_serial_and_whether_they_are_secondary():
    pending = Pending("check", 5, [Option("a", "Sim"), Option("b", "Mais", more=True)])
    buttons = Message("utter_x", pending=pending).buttons()
    assert [(b["title"], b["more"]) for b in buttons] == [("Sim", False), ("Mais", True)]
    payloads = [b["payload"].removeprefix("/choose") for b in buttons]
    assert [json.loads(p) for p in payloads] == [{"option": "5.a"}, {"option": "5.b"}]


def test_a_message_that_asks_nothing_has_no_buttons():
    assert Message("utter_x").buttons() == []
