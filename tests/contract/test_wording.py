"""Every sentence and label exists, is used, and gets exactly what it asks for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from assistant.dialogue import state as outcomes
from tests.contract.conftest import parsed, strings
from tests.guides.test_every_guide import WAYS, walk
from tests.support.conversation import responses, world

CODE = parsed("assistant", "actions", "rasa_components")
LITERALS = [text for tree in CODE.values() for text in strings(tree)]
# What Rasa falls back on, and what the channel says by itself.
NOT_BY_THE_CORE = {"utter_default", "utter_history_lost"}
LABELS = world().knowledge.labels
DRAWN = {"before", "after"}
# `walking.show` hands the same values to each of these, whichever of them they use.
CHECK_FAMILY = {
    "utter_check",
    "utter_check_result",
    "utter_check_again",
    "utter_wait_check",
    "utter_choose_answer",
}


def placeholders(response: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(responses()[response]) if name}


def calls(*names: str) -> Iterator[ast.Call]:
    """Yield every call of a method of one of these names."""
    for tree in CODE.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in names:
                yield node


def said() -> Iterator[tuple[str, set[str]]]:
    """Yield each response that is named where it is said, with the names of its values."""
    for call in calls("say", "ask"):
        texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
        values = {keyword.arg for keyword in call.keywords} - {"parts", "data"}
        if None not in values:
            yield from ((text, values) for text in texts if str(text).startswith("utter_"))


def test_the_responses_of_the_code_are_those_of_the_domain():
    named = {text for text in LITERALS if re.fullmatch(r"utter_\w+", text)}
    named.remove("utter_action")  # no response: the key under which Rasa notes which one it was
    assert named == set(responses()) - {"utter_default"}


def test_a_response_has_one_text_without_variation(domain):
    assert all(list(found[0]) == ["text"] for found in domain["responses"].values())
    assert all(len(found) == 1 for found in domain["responses"].values())


@pytest.mark.parametrize(("response", "values"), sorted(said(), key=str))
def test_a_response_gets_exactly_what_it_asks_for(response, values):
    assert placeholders(response) - DRAWN == values


def test_most_responses_are_checked_where_they_are_said():
    core = set(responses()) - NOT_BY_THE_CORE
    assert len({response for response, _ in said()}) >= len(core) * 2 / 3


def messages():
    return [m for name, ways in WAYS.items() for u in walk(name, ways[-1]) for m in u.messages]


def test_messages_of_the_guides_carry_what_their_texts_ask_for():
    for message in messages():
        asked = placeholders(message.response) - DRAWN
        assert asked <= set(message.values)
        assert message.response in CHECK_FAMILY or asked == set(message.values)


def test_no_part_is_lost_on_a_channel_that_draws_nothing():
    for message in messages():
        asked, parts = placeholders(message.response), message.parts
        assert "before" in asked or not (parts.progress or parts.menu)
        assert "after" in asked or not (parts.articles or parts.copy)


def test_every_label_that_the_code_names_exists():
    options = {c.args[0].value for c in calls("option") if isinstance(c.args[0], ast.Constant)}
    subscripts = {
        node.slice.value
        for tree in CODE.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
        if ast.unparse(node.value).endswith("labels")
    }
    named = {name for name in options | subscripts if len(str(name)) > 1}
    assert len(named) > 20
    assert named <= set(LABELS)


def families() -> set[str]:
    """Return the labels that are named by a beginning and a value."""
    values = {v for k, v in vars(outcomes).items() if k.isupper() and isinstance(v, str)}
    reasons = {c.args[1].value for c in hand_overs() if isinstance(c.args[1], ast.Constant)}
    links = {"article", "search", "source"}
    return (
        {f"outcome_{value}" for value in values}
        | {f"reason_{reason}" for reason in reasons | {"checks_exhausted"}}
        | {f"link_{kind}" for kind in links}
    )


def hand_overs() -> Iterator[ast.Call]:
    return calls("hand_over")


def test_no_label_is_unused_and_every_family_is_complete():
    words = {word for text in LITERALS for word in text.split()}
    assert families() <= set(LABELS)
    assert set(LABELS) - words - families() == set()


@pytest.mark.parametrize("label", LABELS)
def test_a_label_takes_only_what_the_code_gives_it(label):
    asked = {name for _, name, _, _ in Formatter().parse(LABELS[label]) if name}
    given = {"progress": {"n", "m", "title"}, "path": {"path"}}
    fallback = {"value"} if label.startswith("sheet_") else set()
    assert asked <= given.get(label, fallback)


PORTUGUESE = re.compile(r"[áâãàéêíóôõúç]", re.I)


@pytest.mark.parametrize("path", sorted(p for p in CODE if "dialogue" in p or "actions" in p))
def test_no_sentence_for_users_stands_in_python(path):
    assert [t for t in strings(CODE[path]) if " " in t.strip() and PORTUGUESE.search(t)] == []
