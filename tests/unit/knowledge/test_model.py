"""Where answers lead, and how long the longest way is."""

from __future__ import annotations

import pytest

from assistant.knowledge import Then


@pytest.fixture
def mail(knowledge):
    return knowledge.situations["email_send_receive"]


@pytest.mark.parametrize(
    ("then", "led_to"),
    [
        (Then("next"), "servicos"),
        (Then("check", "credenciais"), "credenciais"),
        (Then("article", "outlook_oauth2"), "servicos"),
        (Then("solved"), None),
        (Then("articles"), None),
        (Then("person"), None),
    ],
)
def test_an_answer_leads_on_or_to_an_end(mail, then, led_to):
    found = mail.led_to(mail.check("erro_do_teste"), then)
    assert (found.id if found else None) == led_to


def test_nothing_follows_the_last_check(mail):
    assert mail.after(mail.checks[-1]) is None


@pytest.mark.parametrize(
    ("check_id", "passed_by", "remaining"),
    [
        ("teste_da_caixa", (), 4),
        ("servicos", (), 2),
        ("credenciais", (), 1),
        ("teste_da_caixa", ("servicos",), 3),
        ("credenciais", ("credenciais",), 0),
    ],
)
def test_what_remains_is_the_longest_way_without_what_was_done(
    mail, check_id, passed_by, remaining
):
    assert mail.remaining(mail.check(check_id), frozenset(passed_by)) == remaining


def test_modules_hold_every_situation_once_in_the_sources_order(knowledge):
    grouped = [s for situations in knowledge.modules().values() for s in situations]
    assert sorted(s.id for s in grouped) == sorted(knowledge.situations)
    for situations in knowledge.modules().values():
        assert [s.section for s in situations] == sorted(s.section for s in situations)
