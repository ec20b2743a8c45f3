"""What someone writes in Teams reaches the assistant as they meant it."""

from __future__ import annotations

import pytest

from gateway.channels.teams.incoming import read_incoming
from gateway.channels.teams.words import is_mentioned, words_of
from tests.support.teams.bot_connector import BOT

OMNI = {"type": "mention", "mentioned": {"id": BOT, "name": "Omni"}, "text": "<at>Omni</at>"}
ANA = {"type": "mention", "mentioned": {"id": "29:ana", "name": "Ana"}, "text": "<at>Ana</at>"}


def html(content):
    return [{"contentType": "text/html", "content": content}]


@pytest.mark.parametrize(
    ("text", "entities", "attachments", "words"),
    [
        ("oi", [], [], "oi"),
        ("<at>Omni</at> não envia áudio", [OMNI], [], "não envia áudio"),
        ("<at>Omni</at>não envia", [OMNI], [], "não envia"),
        ("não envia <at>Omni</at> áudio", [OMNI], [], "não envia áudio"),
        ("<at>Omni</at> a <at>Ana</at> não envia", [ANA, OMNI], [], "a Ana não envia"),
        ("<at>Omni</at>&nbsp;a &lt; b &amp;&amp; c &gt; d", [OMNI], [], "a < b && c > d"),
        ("&lt;b&gt;erro&lt;/b&gt; &amp;lt;", [], [], "<b>erro</b> &lt;"),
        ("erro &quot;404&quot; às 10h&#39;", [], [], "erro \"404\" às 10h'"),
        ("<p>um</p><p>dois<br>três</p>", [], [], "um\ndois\ntrês"),
        ("veja https://omni.example/a?b=1&amp;c=2", [], [], "veja https://omni.example/a?b=1&c=2"),
        (
            "veja a tela de erro", [],
            html('<p>veja a <a href="https://omni.example/e?a=1&amp;b=2">tela de erro</a></p>'),
            "veja a tela de erro (https://omni.example/e?a=1&b=2)",
        ),
        (
            "veja https://omni.example/e", [],
            html('<a href="https://omni.example/e">https://omni.example/e</a>'),
            "veja https://omni.example/e",
        ),
        ("clique aqui", [], html('<a href="javascript:alert(1)">aqui</a>'), "clique aqui"),
        ("😀 açaí à noite", [], [], "😀 açaí à noite"),
    ],
)  # fmt: skip
def test_mentions_entities_and_links(text, entities, attachments, words):
    assert words_of(text, entities, attachments, BOT) == words


def test_only_a_mention_of_the_bot_is_one():
    assert is_mentioned([ANA, OMNI], BOT)
    assert not is_mentioned([ANA], BOT)
    assert not is_mentioned([{**OMNI, "mentioned": "x"}], BOT)


def test_an_activity_without_most_of_its_fields_is_read():
    found = read_incoming({"type": "message", "conversation": {"id": "a:1"}})
    assert found.words == "" and found.is_personal and found.tenants == frozenset()
    assert read_incoming({"type": "message", "conversation": {"id": "a:1/../x"}}) is None
