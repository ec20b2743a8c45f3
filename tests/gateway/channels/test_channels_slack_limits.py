"""The validator of Slack's limits sees what Slack would refuse, one fault at a time."""

from __future__ import annotations

import copy

import pytest
from channel_samples import CASES, MESSAGES, PICKS
from channel_support import TEXTS, stored

from gateway.channels.case import CaseLine, Pick
from gateway.channels.slack import blocks as kit
from gateway.channels.slack import case, modals
from gateway.channels.slack import message as slack
from gateway.channels.slack.home import home
from gateway.channels.slack.limits import message_faults, view_faults

CHECK = slack.draw(MESSAGES["check"], TEXTS)
FIELD = "blocks"


def broken(made, *path_and_value):
    """A copy of `made` with the value at a path replaced."""
    *path, last, value = path_and_value
    found = made = copy.deepcopy(made)
    for step in path:
        found = found[step]
    found[last] = value
    return made


def said(block):
    return {"text": "x", "blocks": [block]}


def buttons(*labels, **more):
    return kit.actions("row", [kit.button(f"a:{i}", x, "v", **more) for i, x in enumerate(labels)])


def option_row(count, **more):
    picks = [Pick(f"{i}", "x") for i in range(count)]
    options = [kit._option(pick) for pick in picks]
    return kit.actions("row", [{**kit.select("s", "x", picks[:1]), "options": options, **more}])


LONG_LABEL = {"type": "plain_text", "text": "x" * 76, "emoji": False}
RUN = {"type": "text", "text": "x"}
BROKEN_MESSAGES = {
    "no fallback": broken(CHECK, "text", ""),
    "blank fallback": broken(CHECK, "text", " \n"),
    "unescaped fallback": broken(CHECK, "text", "a < b"),
    "a mention in the fallback": broken(CHECK, "text", "<@U123>"),
    "another field": {**CHECK, "parse": "full"},
    "no blocks": broken(CHECK, FIELD, []),
    "51 blocks": broken(CHECK, FIELD, [kit.section("x")] * 51),
    "blocks too heavy": broken(CHECK, FIELD, [kit.section("x" * 2500)] * 5),
    "a block id twice": broken(CHECK, FIELD, [buttons("x"), buttons("x")]),
    "an unknown block": said({"type": "hero", "text": "x"}),
    "an input in a message": said(modals.reply(TEXTS, "x")["blocks"][0]),
    "an empty section": said(kit.section("")),
    "a blank section": said(kit.section("  ")),
    "a section of 3,001": said(kit.section("x" * 3001)),
    "a section of 1,501 emoji": said(kit.section("🙂" * 1501)),
    "a user mention": said(kit.section("oi <@U123>")),
    "a channel mention": said(kit.section("oi <!channel>")),
    "a channel": said(kit.context("<#C1|geral>")),
    "a script": said(kit.section("<javascript:alert(1)|x>")),
    "plain http": said(kit.section("<http://x.yz|x>")),
    "a login in a link": said(kit.section("<https://a:b@x.yz|x>")),
    "an open bracket": said(kit.section("a < b")),
    "a bare ampersand": said(kit.section("a & b")),
    "names looked for": said(broken(kit.section("x"), "text", "verbatim", False)),
    "11 in a context": said({"type": "context", "elements": [kit.marked("x")] * 11}),
    "an empty context": said({"type": "context", "elements": []}),
    "a heading of 151": said(broken(kit.header("x"), "text", "text", "x" * 151)),
    "a heading in markup": said(broken(kit.header("x"), "text", kit.marked("x"))),
    "26 buttons": said(buttons(*"x" * 26)),
    "no buttons": said(kit.actions("row", [])),
    "an action id twice": said(kit.actions("row", [kit.button("a", "x", "v")] * 2)),
    "a label of 76": said(broken(buttons("x"), "elements", 0, "text", LONG_LABEL)),
    "a label in markup": said(broken(buttons("x"), "elements", 0, "text", kit.marked("x"))),
    "a value of 2,001": said(broken(buttons("x"), "elements", 0, "value", "x" * 2001)),
    "an unknown style": said(buttons("x", style="big")),
    "a button to http": said(buttons("x", url="http://x.yz")),
    "a button to a mailbox": said(buttons("x", url="mailto:a@x.yz")),
    "a button that says nothing": said(kit.actions("row", [kit.button("a", "x")])),
    "an action id of 256": said(kit.actions("row", [kit.button("x" * 256, "x", "v")])),
    "101 options": said(option_row(101)),
    "no options": said(option_row(0)),
    "options and groups": said(option_row(1, option_groups=[{}])),
    "an option twice": said(option_row(1, options=[kit._option(Pick("a", "x"))] * 2)),
    "an option of 76": said(option_row(1, options=[{"text": LONG_LABEL, "value": "a"}])),
    "an option's value of 76": said(option_row(1, options=[kit._option(Pick("x" * 76, "x"))])),
    "a placeholder of 151": said(option_row(1, placeholder={**LONG_LABEL, "text": "x" * 151})),
    "a confirmation of 31": said(
        option_row(1, confirm={**kit.confirmation("x", "x", "x", "x"), "deny": LONG_LABEL})
    ),
    "a mention as rich text": said(
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
            {"type": "user", "user_id": "U123"}]}]}
    ),
    "everyone as rich text": said(
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
            RUN, {"type": "broadcast", "range": "here"}]}]}
    ),
    "an empty run": said(
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
            {**RUN, "text": ""}]}]}
    ),
    "rich text of nothing": said({"type": "rich_text"}),
    "an unknown field": said({**kit.section("x"), "colour": "red"}),
}  # fmt: skip

REPLY = modals.reply(TEXTS, "x")
BROKEN_VIEWS = {
    "a title of 25": broken(REPLY, "title", "text", "x" * 25),
    "no title": {name: value for name, value in REPLY.items() if name != "title"},
    "a submit of 25": broken(REPLY, "submit", "text", "x" * 25),
    "metadata of 3,001": broken(REPLY, "private_metadata", "x" * 3001),
    "101 blocks": broken(REPLY, FIELD, [kit.section("x")] * 101),
    "an input and no submit": {name: v for name, v in REPLY.items() if name != "submit"},
    "an input of 3,001": broken(REPLY, FIELD, 0, "element", "max_length", 3001),
    "an input without label": broken(REPLY, FIELD, 0, "label", "text", ""),
    "home with an input": {"type": "home", "blocks": REPLY["blocks"]},
    "home with a title": {**REPLY, "type": "home"},
}


@pytest.mark.parametrize("name", BROKEN_MESSAGES)
def test_a_broken_message_is_seen(name):
    assert message_faults(BROKEN_MESSAGES[name]) != []


@pytest.mark.parametrize("name", BROKEN_VIEWS)
def test_a_broken_view_is_seen(name):
    assert view_faults(BROKEN_VIEWS[name]) != []


def test_what_the_broken_ones_are_made_of_is_right():
    whole = [CHECK, said(kit.section("x" * 3000)), said(buttons(*"x" * 25)), said(option_row(100))]
    whole.append(said(kit.section("<mailto:a@x.yz|x> &amp; <https://x.yz/?a=b&amp;c|x>")))
    assert [fault for made in whole for fault in message_faults(made)] == []
    assert view_faults(REPLY) == []


@pytest.mark.parametrize("count", [1, 25, 26, 100, 101, 400])
def test_choices_become_buttons_then_a_select_then_numbers(count):
    made = slack.draw(stored("Qual?", labels=[f"Opção {i}" for i in range(count)]), TEXTS)
    kinds = [e["type"] for b in made["blocks"] if b["type"] == "actions" for e in b["elements"]]
    assert kinds == (["button"] * count if count <= 25 else ["static_select"] * (count <= 100))
    assert message_faults(made) == []
    assert any("101. Opção 100" in f"{b}" for b in made["blocks"]) == (count > 100)


def test_a_label_of_200_characters_is_cut_on_its_button_and_listed_whole():
    label = "palavra " * 25
    made = slack.draw(stored("Qual?", labels=["Outra", label]), TEXTS)
    [row] = [block for block in made["blocks"] if block["type"] == "actions"]
    shown = row["elements"][1]["text"]["text"]
    assert shown.startswith("2. palavra") and shown.endswith("palavra…") and len(shown) <= 75
    assert f"2. {label.strip()}" in made["blocks"][1]["text"]["text"]


def test_a_long_text_is_parted_at_lines_and_at_words():
    source = "\n".join(f"{i}: " + "palavra " * 60 for i in range(12))
    made = slack.draw(stored(source), TEXTS)
    shown = [block["text"]["text"] for block in made["blocks"]]
    assert len(shown) == 2 and shown[1].partition(":")[0].isdigit()
    assert "\n".join(shown).split() == source.split()
    [*parts] = slack.draw(stored("palavra " * 600), TEXTS)["blocks"]
    assert " ".join(part["text"]["text"] for part in parts).split() == ["palavra"] * 600


def test_only_an_answer_that_stands_alone_is_primary():
    def styles(**choices):
        rows = slack.draw(stored("?", **choices), TEXTS)["blocks"][1:]
        return [element.get("style") for row in rows for element in row["elements"]]

    assert styles(labels=["a"]) == ["primary"]
    assert styles(labels=["a"], more=["b"]) == ["primary", None]
    assert styles(labels=["a", "b"]) == [None, None]


def test_a_text_to_copy_is_whole_whatever_is_in_it():
    text = "a ```b``` <@U1> *c*\n" * 20
    made = slack.draw(stored("x", copy=text), TEXTS)
    [box] = [block for block in made["blocks"] if block["type"] == "rich_text"]
    assert box["elements"][0]["elements"] == [{"type": "text", "text": text.strip()}]


def test_what_was_chosen_takes_the_place_of_the_buttons():
    message = MESSAGES["check"]
    made = slack.chosen(message, TEXTS, message.choices[0].id)
    assert made["blocks"][-1]["elements"][0]["text"] == "✓ Sim, está ativa"
    assert made["blocks"][:-1] == CHECK["blocks"][:-2]
    for typed in (None, "unknown"):
        assert slack.chosen(message, TEXTS, typed)["blocks"] == CHECK["blocks"][:-2]


def test_every_case_action_is_there_and_its_ids_differ():
    expected = {
        "case_waiting": ["case_assume", "case_copy", "case_wrong"],
        "case_person": ["case_pass", "case_hand_back", "case_copy", "case_wrong", "case_close"],
        "case_assistant": ["case_assume", "case_copy", "case_wrong"],
        "case_closed": ["case_copy", "case_wrong"],
    }
    for name, actions in expected.items():
        row = case.draw(CASES[name], TEXTS)["blocks"][-1]
        assert (row["block_id"], [e["action_id"] for e in row["elements"]]) == ("case:12", actions)


def test_a_long_home_stays_a_home():
    cases = [CaseLine(i, "x" * 300, "waiting") for i in range(200)]
    view = home(TEXTS, {}, cases)
    assert view_faults(view) == []
    assert any("180" in f"{block}" for block in view["blocks"])


def test_a_window_groups_what_it_offers():
    [field] = modals.pick_situation(TEXTS, PICKS["situations"], "x")["blocks"]
    groups = field["element"]["option_groups"]
    assert [group["label"]["text"] for group in groups] == ["E-mail", "Desempenho"]
