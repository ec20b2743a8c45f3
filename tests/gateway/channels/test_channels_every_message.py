"""What any guide can say is drawn on both platforms within their limits, and nothing is lost."""

from __future__ import annotations

import json

import pytest
from channel_support import SITUATIONS, TEXTS, every_message

from gateway.channels.plain import one_line
from gateway.channels.slack import message as slack
from gateway.channels.slack.limits import message_faults
from gateway.channels.teams import message as teams
from gateway.channels.teams.limits import activity_faults
from gateway.schemas import OutgoingMessage

FAULTS = {slack: message_faults, teams: activity_faults}


@pytest.fixture(scope="module")
def messages() -> list[OutgoingMessage]:
    return every_message()


@pytest.mark.parametrize("platform", FAULTS, ids=["slack", "teams"])
def test_every_message_of_every_guide_is_within_the_limits(messages, platform):
    faults = {
        message.text: found
        for message in messages
        for made in (platform.draw(message, TEXTS), platform.for_agent(message, TEXTS, "x:7"))
        if (found := FAULTS[platform](made))
    }
    assert faults == {}


@pytest.mark.parametrize("platform", FAULTS, ids=["slack", "teams"])
def test_every_choice_article_and_text_to_copy_is_there_in_full(messages, platform):
    for message in messages:
        strings = list(leaves(platform.draw(message, TEXTS)))
        ids = [choice.id for choice in message.choices or ()]
        assert [s for s in strings if s in ids] == ids
        together = " ".join(strings)
        for article in message.articles or ():
            # In Slack's links "&" is written as an entity.
            assert article.url in together.replace("&amp;", "&")
        for line in (message.copy_text or "").splitlines():
            assert line.strip() in together


def test_the_messages_are_of_every_guide_and_have_every_part(messages):
    opened = " ".join(message.text for message in messages)
    assert all(situation.title in opened for situation in SITUATIONS.values())
    for part in ("progress", "menu", "articles", "copy_text", "case", "choices", "fallback"):
        assert any(getattr(message, part) for message in messages), part
    assert len(messages) > 500


def test_the_labels_of_the_guides_need_no_cutting(messages):
    labels = {choice.label for message in messages for choice in message.choices or ()}
    assert [label for label in labels if one_line(label, 75) != label] == []


def leaves(value):
    """Yield every text in some JSON, in order, but for the notification's."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in ("summary", "fallbackText") and not (
                name == "text" and "blocks" in value
            ):
                yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)


def test_leaves_leave_the_notification_out():
    drawn = {"text": "a", "blocks": [{"text": "b"}], "summary": "c"}
    assert json.dumps(list(leaves(drawn))) == '["b"]'
