"""The Markdown subset, addresses that are safe, and Slack's escaping."""

from __future__ import annotations

import pytest

from gateway.channels.markup import Line, Span, parse, plain, safe_url, web_url
from gateway.channels.slack.mrkdwn import sections


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a **b** c", "a *b* c"),
        ("*a* _b_ c_d_e", "_a_ _b_ c_d_e"),
        ("**a *b* c**", "*a* *_b_* *c*"),
        ("**a *b***", "*a* *_b_*"),
        ("`a*b*` x", "`a*b*` x"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("- a\n* b\n2) c", "• a\n• b\n2. c"),
        ("a\n\n\n\nb\n", "a\n\nb"),
        ("<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"),
        ("[a](https://x.yz/?a=b&c)", "<https://x.yz/?a=b&amp;c|a>"),
        ("[a|b>](https://x.yz)", "<https://x.yz|a|b&gt;>"),
        ("[a](http://x.yz)", "[a](http://x.yz)"),
        ("[x.yz](https://evil.example)", "<https://evil.example|x.yz (evil.example)>"),
        ("[www.x.yz](https://x.yz/a)", "<https://x.yz/a|www.x.yz>"),
        ("veja https://x.yz/a.", "veja <https://x.yz/a|https://x.yz/a>."),
        ("<!here> <@U1>", "&lt;!here&gt; &lt;@U1&gt;"),
    ],
)
def test_markdown_becomes_slacks_markup(source, expected):
    assert sections(source) == [expected]


def test_a_text_of_nothing_has_no_sections():
    assert [sections(source) for source in ("", " \n\n ", "\u2028")] == [[], [], []]


def test_marks_stay_on_both_sides_of_a_cut():
    parts = sections(f"**{('palavra ' * 800).strip()}**")
    assert len(parts) > 1
    assert all(part.startswith("*palavra") and part.endswith("palavra*") for part in parts)


def test_lines_keep_their_styles_and_addresses():
    assert parse("1. **a** [b](tel:+5511)") == [
        Line((Span("a", bold=True), Span(" "), Span("b", url="tel:+5511")), "1. ")
    ]


def test_a_plain_text_names_its_addresses():
    assert plain("**a** [b](https://x.yz) [c](mailto:d@x.yz) https://x.yz") == (
        "a b (https://x.yz) c (d@x.yz) https://x.yz"
    )


@pytest.mark.parametrize(
    "address",
    [
        "", "x.yz", "//x.yz", "http://x.yz", "ftp://x.yz", "javascript:alert(1)", "data:x,x",
        "https://", "https:x.yz", "https://a:b@x.yz", "https://a@x.yz", "https://x.yz\\@y.zz",
        "https://x.yz|b", "https://x.yz>b", "https://x.yz/a b", "https://x.yz/\n", "https://[x",
        "mailto:", "tel:", "https://x.yz/" + "a" * 1000, " https://x.yz",
    ],
)  # fmt: skip
def test_an_unsafe_address_is_none(address):
    assert (safe_url(address), web_url(address)) == ("", "")


@pytest.mark.parametrize("address", ["https://x.yz", "HTTPS://x.yz/?a=b&c#d", "https://é.com/ç"])
def test_a_safe_address_opens(address):
    assert safe_url(address) == web_url(address) == address


@pytest.mark.parametrize("address", ["mailto:a@x.yz", "tel:+551140028922"])
def test_a_mailbox_or_a_number_opens_in_text_alone(address):
    assert (safe_url(address), web_url(address)) == (address, "")
