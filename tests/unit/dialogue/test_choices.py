"""Which of the offered choices a text, a button or a reply means."""

from __future__ import annotations

import pytest

from assistant.dialogue.choices import STALE, by_reply, pressed, typed
from assistant.dialogue.state import Option, Pending

QUESTION = Pending(
    "check",
    serial=7,
    options=[
        Option("error", "Sim, apareceu uma mensagem", ["affirm"], ["deu erro", "o teste falhou"]),
        Option("clean", "Não, o teste passou", ["deny"], ["nenhum erro", "deu erro nenhum"]),
        Option("person", "Falar com uma pessoa", ["person"]),
    ],
)


def labelled(*labels: str) -> Pending:
    return Pending("check", 1, [Option(label, label) for label in labels])


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("1", "error"),
        (" 2. ", "clean"),
        ("opção 3", "person"),
        ("o número 2", "clean"),
        ("a primeira", "error"),
        ("Segundo", "clean"),
        ("eu quero a terceira", "person"),
        ("0", ""),
        ("4", ""),
        ("1 2", ""),
        ("não 2", ""),
    ],
)
def test_a_number_or_an_ordinal_chooses_by_place(text, choice):
    assert typed(QUESTION, text) == choice


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("Falar com uma pessoa", "person"),
        ("FALAR COM UMA PESSOA!", "person"),
        ("falar com uma pesoa", "person"),
        ("nao, o teste pasou", "clean"),
        ("falar com a diretoria", ""),
    ],
)
def test_a_label_is_recognised_even_with_a_typo(text, choice):
    assert typed(QUESTION, text) == choice


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("deu erro", "error"),
        ("acho que o teste falhou", "error"),
        ("deu erro nenhum", "clean"),  # the longest phrase wins
        ("o teste falhou " + "e depois " * 4, ""),  # too long to be an answer
        ("adeu erros", ""),  # whole words only
    ],
)
def test_a_phrase_is_recognised_whole_in_a_short_message(text, choice):
    assert typed(QUESTION, text) == choice


@pytest.mark.parametrize(
    "text",
    [
        "não deu erro",
        "nem deu erro",
        "nunca me deu erro",
        "não, o teste falhou não",
        pytest.param("n deu erro"),
        pytest.param("deu erro não"),
    ],
)
def test_a_denied_phrase_does_not_choose_its_option(text):
    assert typed(QUESTION, text) != "error"


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Sim", "não"),
        ("Não", "sim"),
        ("Sim", "si"),
        ("Não", "na"),
        ("Resolveu", "não resolveu"),
        ("Não resolveu", "resolveu"),
        ("Sim, ajudou", "não ajudou"),
        ("Sim, mudou", "não mudou"),
        pytest.param("Resolveu", "n resolveu"),
        pytest.param("Já resolveu", "não resolveu"),
    ],
)
def test_the_opposite_of_a_label_is_never_taken_for_it(label, text):
    assert typed(labelled(label), text) == ""


def test_yes_and_no_are_told_apart():
    question = labelled("Sim", "Não")
    chosen = [typed(question, text) for text in ("sim", "SIM!", "nao", "Não")]
    assert chosen == ["Sim", "Sim", "Não", "Não"]


@pytest.mark.parametrize("text", ["", "😀", "Привет", "os e-mails não chegam desde ontem"])
def test_what_names_no_option_chooses_none(text):
    assert typed(QUESTION, text) == ""


@pytest.mark.parametrize(
    ("button", "choice"),
    [
        ("7.person", "person"),
        ("6.person", STALE),
        ("77.person", STALE),
        ("7.unknown", STALE),
        ("person", STALE),
        ("", STALE),
    ],
)
def test_a_button_holds_only_for_the_question_it_belongs_to(button, choice):
    assert pressed(QUESTION, button) == choice


def test_a_reply_chooses_the_option_that_lists_it():
    assert [by_reply(QUESTION, r) for r in ("affirm", "deny", "stop")] == ["error", "clean", ""]


def test_without_a_question_nothing_is_chosen():
    assert (typed(None, "1"), by_reply(None, "affirm")) == ("", "")
    assert pressed(None, "7.person") == STALE
