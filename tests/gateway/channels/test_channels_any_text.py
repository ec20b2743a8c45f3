"""Any text, label, link or part is drawn within the limits, and none of it becomes markup."""

from __future__ import annotations

import re
from html import unescape

import pytest
from channel_support import TEXTS, stored
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.channels.case import CaseView, Pick
from gateway.channels.plain import chunks, cut, size
from gateway.channels.slack import case as slack_case
from gateway.channels.slack import message as slack
from gateway.channels.slack import modals
from gateway.channels.slack.limits import message_faults, view_faults
from gateway.channels.teams import case as teams_case
from gateway.channels.teams import message as teams
from gateway.channels.teams.limits import activity_faults

ODD = [
    "```", "`", "**", "*", "_", "~", "[", "](", ")", "<@U123>", "<!channel>", "<!here|x>",
    "<#C1>", "<https://a.b|c>", "<at>Ana</at>", "&lt;", "&amp;", "&", "<", ">", "|", "\\",
    "https://x.yz/a?b=c", "[a](https://x.yz)", "[b](javascript:x)", "mailto:a@b.c",
    "{{DATE(2026-01-01T00:00:00Z)}}", "\n", "\n\n", "- ", "12. ", " ", "\t", "\r", "\u2028",
    "\u200d", "\u202e", "مرحبا", "שלום", "👩\u200d👩\u200d👧", "🇧🇷", "e\u0301", "é", "palavra",
    "10:30", ":smile:", "#", "x" * 400, "🙂" * 200, "a " * 300, "&" * 500,
]  # fmt: skip
chars = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)
texts = st.lists(st.one_of(st.sampled_from(ODD), chars), max_size=60).map("".join)
labels = st.lists(st.one_of(st.sampled_from(ODD), chars), min_size=1, max_size=5).map("".join)
urls = st.sampled_from(
    [
        "https://x.yz/a?b=1&c=2",
        "https://x.yz/" + "a" * 900,
        "http://x.yz",
        "javascript:alert(1)",
        "",
    ]
)
articles = st.lists(st.fixed_dictionaries({"title": labels, "url": urls}), max_size=40)
done = st.lists(st.fixed_dictionaries({"title": labels, "outcome": labels}), max_size=40)
progress = st.fixed_dictionaries({"n": st.integers(1, 99), "m": st.just(99), "title": labels})
messages = st.builds(
    stored,
    text=texts,
    labels=st.one_of(st.lists(labels, max_size=8), st.lists(labels, max_size=130)),
    more=st.lists(labels, max_size=8),
    copy=st.none() | texts,
    articles=st.none() | articles,
    done=st.none() | done,
    menu=st.none() | st.lists(labels, max_size=20),
    progress=st.none() | progress,
    case=st.none() | st.integers(1, 10**9),
    late=st.none() | st.booleans(),
)
picks = st.lists(labels, max_size=130).map(
    lambda found: [Pick(f"check_{i}", label) for i, label in enumerate(found)]
)
cases = st.builds(
    CaseView,
    number=st.integers(1, 10**9),
    holder=st.sampled_from(["assistant", "waiting", "person", "closed"]),
    sheet=st.lists(texts, max_size=12),
    name=labels,
    note=texts,
    checks=picks,
    situations=picks,
    customer_text=texts,
)
thorough = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@thorough
@given(messages)
def test_any_message_is_within_slacks_limits(message):
    first = message.choices[0].id if message.choices else None
    assert message_faults(slack.draw(message, TEXTS)) == []
    assert message_faults(slack.chosen(message, TEXTS, first)) == []
    assert message_faults(slack.for_agent(message, TEXTS, "x:7")) == []
    assert message_faults(slack.shared(message, TEXTS)) == []


@thorough
@given(messages)
def test_any_message_is_within_the_limits_of_teams(message):
    first = message.choices[0].id if message.choices else None
    assert activity_faults(teams.draw(message, TEXTS)) == []
    assert activity_faults(teams.chosen(message, TEXTS, first)) == []
    assert activity_faults(teams.for_agent(message, TEXTS, "x:7")) == []
    assert activity_faults(teams.shared(message, TEXTS)) == []


@thorough
@given(cases)
def test_any_case_is_within_the_limits(case):
    assert message_faults(slack_case.draw(case, TEXTS)) == []
    assert activity_faults(teams_case.draw(case, TEXTS)) == []
    assert view_faults(modals.customer_text(TEXTS, case.customer_text)) == []


@thorough
@given(st.lists(st.tuples(st.sampled_from(["user", "assistant", "system"]), texts), max_size=40))
def test_any_transcript_is_within_the_limits_and_complete(said):
    messages = [stored(text, seq, **{"from": who}) for seq, (who, text) in enumerate(said)]
    posts = slack_case.transcript(messages, TEXTS)
    assert [fault for post in posts for fault in message_faults(post)] == []
    assert sum(len(post["blocks"]) for post in posts) == len(messages)
    activities = teams_case.transcript(messages, TEXTS)
    assert [fault for one in activities for fault in activity_faults(one)] == []


@thorough
@given(texts)
def test_what_was_typed_reaches_a_transcript_exactly(text):
    [post] = slack_case.transcript([stored(text[:2000], **{"from": "user"})], TEXTS)
    [section] = post["blocks"][0]["elements"]
    assert "".join(run["text"] for run in section["elements"][1:]) == text[:2000]


@thorough
@given(texts)
def test_no_text_mentions_anyone_in_slack(text):
    made = slack.draw(stored(text), TEXTS)
    shown = [block["text"]["text"] for block in made["blocks"] if block["type"] == "section"]
    tokens = re.findall("<[^>]*>", " ".join([*shown, made["text"]]))
    assert all(re.match("<(https://|mailto:|tel:)", unescape(token)) for token in tokens)


@thorough
@given(texts, st.integers(10, 300))
def test_cutting_keeps_to_the_limit_and_parting_loses_nothing(text, limit):
    assert size(cut(text, limit)) <= limit
    parts = chunks(text, limit)
    assert "".join(parts) == text
    assert all(size(part) <= limit for part in parts)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("um dois três", 12, "um dois três"),
        ("um dois três", 11, "um dois…"),
        ("palavracomprida", 6, "palav…"),
        ("🙂🙂🙂", 5, "🙂🙂…"),
        ("xx👩\u200d👩\u200d👧xx", 8, "xx…"),
        ("ae\u0301iou", 3, "a…"),
        ("oi 🇧🇷🇵🇹", 7, "oi…"),
    ],
)
def test_a_text_is_cut_at_a_word_and_never_within_a_sign(text, limit, expected):
    assert cut(text, limit) == expected


WIDE = {
    "emoji everywhere": ("🙂" * 9000, "🙂" * 200, 100),
    "markup everywhere": ("&" * 9000, "<" * 200, 100),
    "accents everywhere": ("é" * 9000, "ç" * 200, 100),
    "a thousand lines": ("a\n" * 4500, "a " * 100, 100),
    "a thousand choices": ("palavra " * 1000, "palavra " * 25, 1000),
    "the most buttons": ("palavra " * 1000, "palavra " * 25, 25),
}


@pytest.mark.parametrize("name", WIDE)
def test_where_all_is_too_much_each_thing_is_cut_until_it_fits(name):
    text, label, count = WIDE[name]
    parts = {"copy": text, "articles": [{"title": label, "url": "https://x.yz/" + "a" * 900}] * 40}
    message = stored(text, labels=[label] * count, done=[{"title": label, "outcome": "x"}], **parts)
    assert message_faults(slack.for_agent(message, TEXTS, "x:7")) == []
    assert activity_faults(teams.for_agent(message, TEXTS, "x:7")) == []
    picks = [Pick(f"{i}", label) for i in range(100)]
    case = CaseView(1, "person", [text] * 9, label, text, picks, picks, text)
    assert message_faults(slack_case.draw(case, TEXTS)) == []
    assert activity_faults(teams_case.draw(case, TEXTS)) == []
