"""What a reading is counted as: right, asked, refused or wrong, of each kind of phrase."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.dialogue.turn import Guess, Turn
from tests.support.conversation import world
from trainer.evaluate.conversation import answer
from trainer.evaluate.heldout import AMBIGUOUS, Phrase, read_heldout
from trainer.evaluate.measure import spec_of
from trainer.evaluate.outcomes import by_intent, outcome, outcomes, understanding

SITUATIONS = ["licenses", "slowness", "email_rules", "queue_hours"]


def phrase(intent: str, *accepted: str, text: str = "x", source: str = "f") -> Phrase:
    return Phrase(text, intent, source, frozenset(accepted or [intent]))


def turn(intent: str, candidates: tuple[str, ...] = (), **confidences: float) -> Turn:
    ranking = tuple(Guess(name, value) for name, value in confidences.items())
    return Turn("x", intent, ranking, candidates)


@pytest.mark.parametrize(
    ("intent", "read", "way"),
    [
        ("licenses", turn("licenses"), "right"),
        ("licenses", turn("slowness"), "wrong"),
        ("licenses", turn("unsure", ("licenses", "slowness")), "asked"),
        ("licenses", turn("out_of_scope"), "refused"),
        ("licenses", turn("resolved"), "refused"),
        ("licenses", turn("nlu_fallback"), "refused"),
        ("out_of_scope", turn("out_of_scope"), "right"),
        ("out_of_scope", turn("nlu_fallback"), "right"),
        ("out_of_scope", turn("unsure", ("licenses", "slowness")), "asked"),
        ("out_of_scope", turn("licenses"), "wrong"),
        ("out_of_scope", turn("person"), "wrong"),
        ("greet", turn("greet"), "right"),
        ("greet", turn("nlu_fallback"), "refused"),
        ("greet", turn("out_of_scope"), "wrong"),
        ("stop", turn("stop", stop=0.9), "right"),
        ("stop", turn("licenses", licenses=0.9), "wrong"),
        ("stop", turn("licenses", licenses=0.5, resolved=0.2), "wrong"),
    ],
)
def test_a_reading_is_counted(intent, read, way):
    assert outcome(phrase(intent), read).way == way


def test_a_lone_candidate_is_asked_about():
    assert outcome(phrase("licenses"), turn("unsure", ("slowness",), slowness=0.4)).way == "asked"


def test_a_reply_is_read_as_within_a_guide():
    read = turn("licenses", licenses=0.5, not_resolved=0.3)
    assert outcome(phrase("not_resolved"), read).way == "right"


def test_a_reply_is_read_in_the_guide_that_it_was_given_in():
    read = turn("licenses", licenses=0.85, not_resolved=0.14)
    named = replace(phrase("not_resolved"), guide="licenses")
    found = [outcome(named, read), outcome(phrase("not_resolved"), read)]
    shares = {m.key: m.value for m in understanding(found, SITUATIONS)}
    assert (shares["reply"], shares["reply_elsewhere"]) == (0.5, 0.0)


def test_the_guide_of_a_reply_is_read_from_its_file(tmp_path: Path):
    (tmp_path / "heldout").mkdir()
    nlu = "nlu:\n- intent: resolved\n  examples: |\n    - era a licença\n    - foi\n"
    (tmp_path / "heldout/replies.yml").write_text(nlu, encoding="utf-8")
    (tmp_path / "heldout_ambiguous.yml").write_text("[]", encoding="utf-8")
    assert [one.guide for one in read_heldout(tmp_path)] == ["", ""]
    guides = "licenses:\n- era a licença\n"
    (tmp_path / "heldout_guides.yml").write_text(guides, encoding="utf-8")
    assert [one.guide for one in read_heldout(tmp_path)] == ["licenses", ""]


@pytest.mark.parametrize(
    ("read", "acceptable"),
    [
        (turn("licenses"), True),
        (turn("slowness"), False),
        (turn("unsure", ("slowness", "queue_hours")), True),
        (turn("unsure", ("slowness", "email_rules")), False),
        (turn("nlu_fallback", ("licenses",)), False),
    ],
)
def test_an_ambiguous_message_needs_an_acceptable_situation(read, acceptable):
    assert outcome(phrase(AMBIGUOUS, "licenses", "queue_hours"), read).acceptable is acceptable


def test_the_first_and_the_first_three_come_from_the_ranking():
    read = turn("stop", stop=0.5, slowness=0.2, licenses=0.1, email_rules=0.05, queue_hours=0.01)
    found = outcome(phrase("licenses"), read)
    assert found.first == "stop"
    assert found.among(3, SITUATIONS)
    assert not found.among(1, SITUATIONS)


def test_every_figure_is_in_figures_yml_and_parts_are_by_file():
    some = [phrase("out_of_scope", source="near"), phrase("out_of_scope", text="y", source="far")]
    found = outcomes(some, lambda text: {"intent": {"name": "licenses"}, "text": text})
    keys = [m.key for m in (*understanding(found, SITUATIONS), *by_intent(found))]
    assert all(spec_of(key) for key in keys)
    assert {"scope_refused/near", "scope_refused/far", "intent/out_of_scope"} <= set(keys)


def test_the_share_opened_out_of_scope_is_of_guides_only():
    some = [outcome(phrase("out_of_scope", text=t), turn(t)) for t in ("licenses", "person")]
    shares = {m.key: m.value for m in understanding(some, SITUATIONS)}
    assert shares["scope_opened"] == 0.5
    assert shares["scope_refused"] == 0.0


def test_phrases_are_read_with_the_file_that_they_are_from(tmp_path: Path):
    (tmp_path / "heldout").mkdir()
    nlu = "nlu:\n- intent: out_of_scope\n  examples: |\n    - que horas são\n"
    (tmp_path / "heldout/far.yml").write_text(nlu, encoding="utf-8")
    ambiguous = "- text: sem acesso\n  situations: [licenses, slowness]\n"
    (tmp_path / "heldout_ambiguous.yml").write_text(ambiguous, encoding="utf-8")
    far, unclear = read_heldout(tmp_path)
    assert (far.text, far.kind, far.source) == ("que horas são", "out_of_scope", "far")
    assert unclear.kind == AMBIGUOUS and unclear.accepted == {"licenses", "slowness"}


@pytest.mark.parametrize(
    ("read", "opened", "offered"),
    [
        (Turn("o sistema travou", "slowness", (Guess("slowness", 0.9),)), "slowness", set()),
        (Turn("regra", "nlu_fallback"), "", {"email_rules", "survey_unavailable"}),
        (Turn("xq zw kk", "out_of_scope"), "", set()),
    ],
)
def test_the_first_turn_opens_asks_or_is_silent(read, opened, offered):
    found = answer(read, world())
    assert (found.opened, found.offered) == (opened, offered)
    assert found.silent is not bool(opened or offered)
