"""What people type: odd characters harm nothing, and emoji are left alone."""

from __future__ import annotations

from uuid import uuid4

import pytest
from fake_rasa import FakeRasa
from visitor import Visitor

from gateway.normalise import clean


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("e\u0301 assim", "é assim"),
        ("e\u0000\u0301", "é"),
        ("a\u0000b\u0008c\u009fd", "abcd"),
        ("coluna\tvalor", "coluna valor"),
        ("uma\r\nduas\rtrês\u2028quatro", "uma\nduas\ntrês\nquatro"),
        ("\ud83doi\ude00", "oi"),
        ("\u200b\u2060 \ufeffoi", "oi"),
        ("  oi  \n", "oi"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("🇧🇷", "🇧🇷"),
        ("مرحبا", "مرحبا"),
    ],
)
def test_cleaning(typed: str, shown: str) -> None:
    assert clean(typed) == shown


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "\n",
        "\t \r\n",
        "\u0000",
        "\ud800",
        "\u200b\u200b",
        "\ufeff",
        "\u3164\u2800",
        "\x9f",
    ],
    ids=ascii,
)
async def test_nothing_readable_gets_a_kind_answer(
    ana: Visitor, rasa: FakeRasa, typed: str
) -> None:
    (answer,) = await ana.say(typed)
    assert answer["from"] == "system"
    assert answer["text"].startswith("Não recebi texto")
    assert "choices" not in answer
    assert rasa.asked == []


@pytest.mark.asyncio
@pytest.mark.parametrize("typed", ["😀😀😀", "👍🏽", "?!", "。", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\U0001fae8", "\ue000"])
async def test_emoji_and_signs_are_left_to_the_core(
    ana: Visitor, rasa: FakeRasa, typed: str
) -> None:
    await ana.say(typed)
    assert rasa.texts == [typed]


@pytest.mark.asyncio
async def test_surrogates_elsewhere_in_the_body(ana: Visitor, rasa: FakeRasa) -> None:
    raw = f'{{"id": "{uuid4()}", "text": "oi", "page": "\\ud800 E-mail\\u0000", "\\udc00": 1}}'
    assert (await ana.post(raw.encode())).status_code == 202
    await ana.answers(1)
    assert rasa.asked[0]["metadata"]["page"] == "E-mail"


@pytest.mark.asyncio
async def test_surrogates_in_what_rasa_says(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = b'{"messages": [{"text": "a\\ud800b"}], "stored": true}'
    assert (await ana.say("oi"))[0]["text"] == "ab"
