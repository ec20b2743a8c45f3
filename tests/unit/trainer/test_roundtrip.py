"""ruamel.yaml writes every file back as it was, and a new value in the old one's style."""

from __future__ import annotations

import pytest
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString

from assistant.settings import ROOT
from trainer.workbench.errors import Refused
from trainer.workbench.roundtrip import changed_line, parse, render, scalar

FILES = [
    "domain.yml",
    *sorted(
        str(path.relative_to(ROOT))
        for pattern in ("data/**/*.yml", "knowledge/**/*.yml", "tests/nlu/*/*.yml")
        for path in ROOT.glob(pattern)
    ),
]


@pytest.mark.parametrize("file", FILES)
def test_a_file_in_which_nothing_changed_is_the_same_to_the_byte(file: str):
    before = (ROOT / file).read_bytes()
    text = before.decode("utf-8")
    assert render(parse(text, file), text).encode("utf-8") == before


def test_there_are_files_to_compare():
    assert len(FILES) > 50


@pytest.mark.parametrize("text", ["a: 1\r\n# x\r\nb:\r\n  - c\r\n", "a: 1", "a:\n- b\n- c\n"])
def test_line_ends_and_flat_lists_stay(text: str):
    assert render(parse(text, "x.yml"), text) == text


def test_a_style_that_would_be_lost_is_named_by_its_line():
    assert changed_line("a: 1\nb:    2\n", "x.yml") == 2


def test_what_is_no_yaml_is_named_by_its_line():
    with pytest.raises(Refused, match="x.yml, linha 2"):
        parse('a: "b\nc: d"e\n', "x.yml")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "a: plain"),
        ("sim: não", 'a: "sim: não"'),
        ('diga "sim": agora', "a: 'diga \"sim\": agora'"),
        ("yes", 'a: "yes"'),
        ("2023-06-01", 'a: "2023-06-01"'),
        ("# x", 'a: "# x"'),
    ],
)
def test_a_text_is_quoted_where_yaml_would_take_it_for_something_else(text: str, written: str):
    assert render({"a": scalar(text)}, "a: 1\n") == f"{written}\n"


def test_a_text_keeps_the_quotes_of_the_one_it_replaces():
    old = DoubleQuotedScalarString("x")
    assert render({"a": scalar("y", old)}, "a: 1\n") == 'a: "y"\n'


def test_a_folded_text_has_a_line_for_each_sentence():
    text = scalar("Abra a tela. Veja o campo. " + "palavra " * 20, FoldedScalarString("x"))
    lines = render({"a": text}, "a: 1\n").splitlines()
    assert lines[:3] == ["a: >-", "  Abra a tela.", "  Veja o campo."]
    assert max(map(len, lines)) <= 115
    assert parse("\n".join(lines), "x.yml")["a"] == text
