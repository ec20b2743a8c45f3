"""The validator of Teams' limits sees what Teams would refuse; choices and answers fit together."""

from __future__ import annotations

import copy

import pytest
from channel_samples import CASES, MESSAGES
from channel_support import TEXTS, stored

from gateway.channels.case import Pick
from gateway.channels.teams import cards, case
from gateway.channels.teams import message as teams
from gateway.channels.teams.limits import activity_faults
from gateway.channels.teams.submitted import read_submitted

CHECK = teams.draw(MESSAGES["check"], TEXTS)


def card(*body, **more):
    made = cards.activity(list(body), "x", TEXTS)
    made["attachments"][0]["content"] |= more
    return made


def without(made, name):
    made = copy.deepcopy(made)
    del made[name]
    return made


def row(**more):
    return {**cards.actions([cards.submit("x", {"a": 1})]), **more}


RICH = cards.note("x")
RUN = RICH["inlines"][0]
LIST = cards.select("other", "x", [Pick("a", "x")], "x")
BROKEN = {
    "no summary": without(CHECK, "summary"),
    "a blank summary": {**CHECK, "summary": " "},
    "a long summary": {**CHECK, "summary": "x" * 301},
    "no card": {**CHECK, "attachments": []},
    "another attachment": {**CHECK, "attachments": [{"contentType": "x", "content": {}}]},
    "28 KB": card(*[cards.note("x" * 300)] * 80),
    "an empty body": card(),
    "version 1.6": card(RICH, version="1.6"),
    "a mention": card(RICH, msteams={"entities": [{"type": "mention"}]}),
    "an address that is loaded": card(RICH, **{"$schema": "http://adaptivecards.io"}),
    "an unknown element": card({"type": "Image", "url": "https://x.yz"}),
    "markup in a TextBlock": card(cards.heading("**x**")),
    "a link in a TextBlock": card(cards.heading("[x](https://x.yz)")),
    "a mention in a TextBlock": card(cards.heading("<at>Ana</at>")),
    "an empty run": card(cards.rich([{**RUN, "text": ""}])),
    "a blank line": card(cards.rich([{**RUN, "text": " "}])),
    "a line break in a run": card(cards.rich([{**RUN, "text": "a\nb"}])),
    "a run with an action": card(cards.rich([{**RUN, "selectAction": {}}])),
    "no runs": card(cards.rich([])),
    "seven actions": card(cards.actions([cards.submit("x", {"a": 1})] * 7)),
    "no actions": card(cards.actions([])),
    "a title of 76": card(row(actions=[{**row()["actions"][0], "title": "x" * 76}])),
    "an unknown style": card(row(actions=[{**row()["actions"][0], "style": "big"}])),
    "an Action.Http": card(row(actions=[{"type": "Action.Http", "title": "x"}])),
    "no data": card(cards.actions([cards.submit("x", {})])),
    "data that an input replaces": card(LIST, cards.actions([cards.submit("x", {"other": "a"})])),
    "a button to http": card(cards.actions([cards.open_url("x", "http://x.yz")])),
    "a button with a login": card(cards.actions([cards.open_url("x", "https://a:b@x.yz")])),
    "101 choices": card({**LIST, "choices": LIST["choices"] * 101}),
    "no choices": card({**LIST, "choices": []}),
    "a choice twice": card({**LIST, "choices": LIST["choices"] * 2}),
    "an input id twice": card(LIST, LIST),
    "an input without label": card(without(LIST, "label")),
    "a fault in what unfolds": card(cards.actions([cards.unfold("x", [cards.heading("*x*")])])),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_activity_is_seen(name):
    assert activity_faults(BROKEN[name]) != []


def test_what_the_broken_ones_are_made_of_is_right():
    whole = [CHECK, card(RICH), card(LIST, row()), card(cards.heading("Caso nº 12"), row())]
    assert [fault for made in whole for fault in activity_faults(made)] == []


def body_of(made):
    return made["attachments"][0]["content"]["body"]


def buttons_of(made):
    rows = [element["actions"] for element in body_of(made) if element["type"] == "ActionSet"]
    return [action for found in rows for action in found]


@pytest.mark.parametrize(
    ("main", "more", "buttons", "listed"),
    [(1, 0, 1, 0), (6, 0, 6, 0), (2, 4, 6, 0), (2, 9, 2, 9), (9, 2, 6, 5), (0, 9, 6, 3)],
)
def test_six_choices_are_buttons_and_the_rest_a_list(main, more, buttons, listed):
    labels = {"labels": [f"a{i}" for i in range(main)], "more": [f"b{i}" for i in range(more)]}
    made = teams.draw(stored("?", **labels), TEXTS)
    sent = [button["data"].get("choice") for button in buttons_of(made)]
    lists = [e["choices"] for e in body_of(made) if e["type"] == "Input.ChoiceSet"]
    assert (len([c for c in sent if c]), sum(map(len, lists))) == (buttons, listed)
    assert (None in sent) == bool(listed)


def test_above_a_hundred_choices_are_lines_to_answer_by_number():
    made = teams.draw(stored("?", labels=[f"Opção {i}" for i in range(130)]), TEXTS)
    assert buttons_of(made) == [] and activity_faults(made) == []
    assert "1. Opção 0" in f"{body_of(made)}"


def test_every_button_brings_back_its_own_choice():
    message = MESSAGES["eight_answers"]
    made = teams.draw(message, TEXTS)
    *buttons, sending = buttons_of(made)
    [listed] = [e for e in body_of(made) if e["type"] == "Input.ChoiceSet"]
    sent = [button["data"] for button in buttons]
    # As Teams does: what was put in is merged into the button's data.
    sent += [{**sending["data"], listed["id"]: c["value"]} for c in listed["choices"]]
    taken = [read_submitted(data) for data in sent]
    assert [found.taken for found in taken] == [choice.id for choice in message.choices]
    assert {found.message for found in taken} == {message.seq}


def test_an_older_client_that_always_sends_the_list_does_not_change_the_button():
    data = buttons_of(teams.draw(MESSAGES["eight_answers"], TEXTS))[0]["data"]
    for left in ("", MESSAGES["eight_answers"].choices[7].id):
        assert read_submitted({**data, teams.OTHER: left}).taken == data["choice"]
    assert read_submitted({"message": 7, teams.OTHER: ""}).taken is None


def test_every_case_action_brings_back_what_it_asks_for():
    made = case.draw(CASES["case_person"], TEXTS)
    sent = []
    for action in buttons_of(made):
        inner = action.get("card", {}).get("body", [])
        inputs = {e["id"]: "x" for e in inner if e["type"].startswith("Input.")}
        submits = [a for e in inner if e["type"] == "ActionSet" for a in e["actions"]]
        data = action.get("data") or (submits[0]["data"] if submits else None)
        sent += [read_submitted({**data, **inputs})] if data else []
    assert [(s.action, s.case, s.check, s.situation, s.reason, s.reply) for s in sent] == [
        ("reply", 12, None, None, None, "x"),
        ("case_pass", 12, None, None, None, None),
        ("case_hand_back", 12, "x", None, None, None),
        ("case_wrong", 12, None, "x", None, None),
        ("case_close", 12, None, None, "x", None),
    ]


@pytest.mark.parametrize(
    "value",
    [
        None, "text", 7, [], {"choice": 7}, {"choice": "x" * 65}, {"message": "7"},
        {"message": -1}, {"message": 2**60}, {"case": True}, {"reason": "x" * 2001},
        {"action": ["case_close"]}, {"other": {"a": 1}},
    ],
)  # fmt: skip
def test_what_no_card_sends_is_refused(value):
    assert read_submitted(value) is None


def test_what_was_chosen_takes_the_place_of_the_buttons():
    message = MESSAGES["check"]
    made = body_of(teams.chosen(message, TEXTS, message.choices[0].id))
    assert made[-1]["inlines"][0]["text"] == "✓ Sim, está ativa"
    assert made[:-1] == body_of(teams.chosen(message, TEXTS, None)) == body_of(CHECK)[:-1]


def test_a_link_in_the_text_is_a_button_once():
    source = "[a](https://x.yz), https://x.yz e [carta](mailto:a@x.yz)"
    made = teams.draw(stored(source), TEXTS)
    assert [(b["title"], b["url"]) for b in buttons_of(made)] == [("a", "https://x.yz")]
    assert "carta (a@x.yz)" in f"{body_of(made)}"
