"""What a person wrote, from the form that Slack gives it."""

from __future__ import annotations

import pytest

from gateway.channels.slack.incoming import is_note, is_written, mentions, written

CASES = {
    "oi": "oi",
    "<@UBOT> oi": "oi",
    "oi <@UBOT>": "oi",
    "a &lt;b&gt; &amp; c": "a <b> & c",
    "&amp;lt;": "&lt;",
    "&lt;@UANA&gt;": "<@UANA>",
    "<https://crm.exemplo/x?a=1&amp;b=2>": "https://crm.exemplo/x?a=1&b=2",
    "<http://crm.exemplo|crm.exemplo>": "crm.exemplo",
    "<https://crm.exemplo/x|aqui>": "aqui (https://crm.exemplo/x)",
    "<mailto:a@b.com|a@b.com>": "a@b.com",
    "<mailto:a@b.com|Ana>": "Ana (a@b.com)",
    "<tel:+5511999|+5511999>": "+5511999",
    "em <http://a.b|a.b> e <mailto:c@d.e|c@d.e>": "em a.b e c@d.e",
    "<@UANA> viu": "@Ana viu",
    "<@UX|caio> viu": "@caio viu",
    "<@UNINGUEM> viu": "@alguém viu",
    "<#C1|geral>": "#geral",
    "<#C1>": "#C1",
    "<!here> <!channel>": "@here @channel",
    "<!subteam^S1|@suporte>": "@suporte",
    "<!date^1392734382^{date}|18/02>": "18/02",
    "*forte* _leve_ `código`": "*forte* _leve_ `código`",
    "< solto": "< solto",
    "": "",
    "<@UBOT>": "",
}


@pytest.mark.parametrize("text", CASES)
def test_it_reads_as_it_was_meant(text: str) -> None:
    assert written(text, "UBOT", {"UANA": "Ana"}, "alguém") == CASES[text]


def test_an_unknown_bot_leaves_nothing_odd() -> None:
    assert written("<@UBOT> oi", "", {}, "alguém") == "@alguém oi"


def test_who_is_named_without_a_name() -> None:
    assert mentions("<@U1> <@U2|dois> <#C1> &lt;@U3&gt;") == {"U1"}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"user": "U1"}, True),
        ({"user": "U1", "subtype": "file_share"}, True),
        ({"user": "U1", "subtype": "thread_broadcast"}, True),
        ({"user": "U1", "subtype": "message_changed"}, False),
        ({"user": "U1", "subtype": "message_deleted"}, False),
        ({"user": "U1", "subtype": "channel_join"}, False),
        ({"user": "U1", "bot_id": "B1"}, False),
        ({"user": "U1", "hidden": True}, False),
        ({"subtype": "bot_message"}, False),
        ({}, False),
    ],
)
def test_what_counts_as_written(event: dict[str, object], expected: bool) -> None:
    assert is_written(event) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("nota: x", True), (" Nota : x", True), ("NOTA:x", True), ("notas: x", False), ("x", False)],
)
def test_what_is_a_note(text: str, expected: bool) -> None:
    assert is_note(text) is expected
