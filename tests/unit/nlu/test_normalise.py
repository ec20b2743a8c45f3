"""Different spellings of one thing become the same text."""

from __future__ import annotations

import pytest

from rasa_components.nlu.normalise import normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Não CHEGA e-mail!!", "nao chega email"),
        ("vc n viu pq?", "voce nao viu porque"),
        ("lentoooo demais", "lento demais"),
        ("follow-up e follow up", "followup e followup"),
        ("fala com a@b.com.br", "fala com xendereco"),
        ("veja https://x.y/z?a=1 hoje", "veja xlink hoje"),
        ("desde 12/03/2025 às 14h30", "desde xdata as xhora"),
        ("erro 503 em 17 chats", "erro 503 em xnumero chats"),
        ("", ""),
        ("🙂🙂", ""),
    ],
)
def test_a_text_is_written_one_way(text, expected):
    assert normalise(text) == expected


def test_only_the_first_two_thousand_characters_count():
    assert len(normalise("a b " * 5000)) <= 2000
