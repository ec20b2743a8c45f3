"""What people type: a leading slash is text, and odd characters harm nothing."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from fake_rasa import FakeRasa
from hypothesis import given
from hypothesis import strategies as st
from visitor import Visitor

from gateway.normalise import clean, neutralise

ORDERS = [
    "/greet",
    "/restart",
    "/choose",
    '/choose{"option": "12.resolved"}',
    "/greet@0.1",
    '/inform{"is_admin": true}',
    "/session_start",
    "/back",
]
INVISIBLE = [
    "",
    " ",
    "   ",
    "\t",
    "\n",
    "\r\n",
    "\u000b",
    "\u000c",
    "\u001c",
    "\u0000",
    "\u0008",
    "\u007f",
    "\u0085",
    "\u00a0",
    "\u00ad",
    "\u034f",
    "\u061c",
    "\u115f",
    "\u1680",
    "\u180e",
    "\u2003",
    "\u200b",
    "\u200d",
    "\u200e",
    "\u2028",
    "\u202e",
    "\u2060",
    "\u2066",
    "\u2800",
    "\u3000",
    "\u3164",
    "\ufe0f",
    "\ufeff",
    "\uffa0",
    "\U000e0020",
    " \u200b\n\u2060 ",
    "\u0301",
]
SLASHES = ["/", "\uff0f", "//", "\uff0f/", "/ /", "/\u200b/", "\u2044", "\u2215", "///"]
TYPED = [
    *(before + order for before in INVISIBLE for order in ORDERS[:1]),
    *(slash + order[1:] for slash in SLASHES for order in ORDERS),
    "/\u200bgreet",
    "/ greet",
    "/\ngreet",
    "/\u0338greet",
    "\ud800/greet",
    "\udfff \uff0f greet",
    "\u200b\uff0fgreet",
    "\n\n/restart\n",
    "/",
    "///",
    " \uff0f ",
]

# As rasa 3.6.21 has it in YAMLStoryReader.unpack_regex_message, after str.strip.
RASA_ORDER = re.compile(r"^/(?P<intent>[^{@]+)(?P<confidence>@[0-9.]+)?(?P<entities>{.+})?(.*)")


def is_order(text: str) -> bool:
    """Whether Rasa would take `text` for an order; a full-width slash counts as one too."""
    folded = re.sub("[\uff0f\u2044\u2215]", "/", text.strip())
    return folded.startswith("/") or bool(RASA_ORDER.match(text.strip()))


def test_the_oracle_knows_an_order() -> None:
    assert all(is_order(order) for order in ORDERS)
    assert is_order(" \n/greet")
    assert not is_order("barra greet")
    assert len(TYPED) >= 100


@pytest.mark.asyncio
@pytest.mark.parametrize("typed", TYPED, ids=[ascii(t) for t in TYPED])
async def test_a_leading_slash_never_reaches_rasa(ana: Visitor, rasa: FakeRasa, typed: str) -> None:
    response = await ana.post({"id": str(uuid4()), "text": typed})
    assert response.status_code == 200
    (sent,) = rasa.texts
    assert not is_order(sent)
    assert sent.startswith("barra")
    assert not re.match(r"barra\s*/", sent)
    # The person still sees what they wrote.
    assert (await ana.history())[0]["text"] == clean(typed)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/greet", "barra greet"),
        ("  \uff0f greet", "barra greet"),
        ("//", "barra"),
        ("1/2", "1/2"),
        ("e/ou", "e/ou"),
        ("erro em /api/x", "erro em /api/x"),
        ("oi\n/greet", "oi\n/greet"),
        ("'/greet", "'/greet"),
    ],
)
def test_only_leading_slashes_change(typed: str, sent: str) -> None:
    assert neutralise(clean(typed)) == sent


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
@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        (r"oi \ud800 tudo", "oi  tudo"),
        (r"\ud83d\ude00", "😀"),
        (r"\ude00\ud83d oi", "oi"),
        (r"nul \u0000 aqui", "nul  aqui"),
        (r"\ud800/greet", "barra greet"),
        (r"\u001b[31mvermelho", "[31mvermelho"),
    ],
)
async def test_escapes_in_json(ana: Visitor, rasa: FakeRasa, raw: str, sent: str) -> None:
    response = await ana.post(f'{{"id": "{uuid4()}", "text": "{raw}"}}'.encode())
    assert response.status_code == 200
    assert rasa.texts == [sent]


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
    assert (await ana.post(raw.encode())).status_code == 200
    assert rasa.asked[0]["metadata"] == {"page": "E-mail"}


@pytest.mark.asyncio
async def test_surrogates_in_what_rasa_says(ana: Visitor, rasa: FakeRasa) -> None:
    rasa.answer = b'[{"text": "a\\ud800b"}]'
    assert (await ana.say("oi"))[0]["text"] == "ab"


@given(st.text(alphabet=st.characters(), max_size=40))
def test_any_text_is_clean_and_no_order(typed: str) -> None:
    shown = clean(typed)
    assert clean(shown) == shown
    assert not is_order(neutralise(shown))
    assert bool(neutralise(shown)) == bool(shown)
    json.dumps(shown).encode("utf-8")
    shown.encode("utf-8")


@given(
    st.text(st.sampled_from("/\uff0f \n\u200b\u0000\u2060\ufeff\t{}@a\u0301\u0338"), max_size=12)
)
def test_any_mix_of_slashes_and_invisibles_is_no_order(typed: str) -> None:
    assert not is_order(neutralise(clean(typed)))
