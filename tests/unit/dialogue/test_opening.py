"""What a first message opens: a guide, an error's article, a question, or an honest no."""

from __future__ import annotations

import pytest

from assistant.dialogue.asking import MOST_CANDIDATES
from tests.support.conversation import Conversation


def entity(name, value):
    return {"entity": name, "value": value}


def ranking(**confidences):
    return [{"name": k, "confidence": v} for k, v in confidences.items()]


def unsure(user: Conversation, *candidates: str, text: str = "x y z", page: str = "") -> list[str]:
    said = {
        "intent_ranking": ranking(**{c: 0.3 for c in candidates}),
        "understanding": {"candidates": list(candidates)},
        "metadata": {"page": page},
    }
    return user.mean("unsure", text, **said)


def option_ids(user: Conversation) -> list[str]:
    return [option.id for option in user.options]


def test_a_known_situation_opens_its_guide_at_the_first_check(user):
    assert user.mean("queue_hours", "a fila não abre") == ["utter_guide_opened", "utter_check"]
    state = user.state
    assert (state.situation, state.check) == ("queue_hours", "horario_da_fila")
    assert (state.user_words, state.confidence) == ("a fila não abre", 1.0)


def test_what_was_done_is_noted_and_passed_by(user):
    heard = user.mean("slowness", "muito lento, já testei em outra rede")
    assert heard[:2] == ["utter_guide_opened", "utter_tried_noted"]
    assert user.state.record_of("outra_rede").outcome == "already_tried"


def test_the_article_that_is_asked_for_comes_before_the_first_check(user):
    heard = user.mean("queue_hours", "como cadastro um feriado municipal?")
    assert heard == ["utter_article_answers", "utter_guide_opened", "utter_check"]
    assert user.state.shown_articles == ["criar_feriados"]


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        ("email_rules", "regra de e-mail não está executando"),
        ("chat_attachments", "não é possível habilitar anexos no chat"),
        ("chat_attachments", "não tem como habilitar anexos no chat"),
    ],
)
def test_who_tells_of_a_fault_is_shown_the_checks(user, situation, words):
    assert user.mean(situation, words) == ["utter_guide_opened", "utter_check"]


@pytest.mark.parametrize("asked", ["é possível", "tem como", "dá pra", "como", "onde posso"])
def test_ways_to_ask_how(user, asked):
    heard = user.mean("chat_attachments", f"{asked} habilitar anexos no chat")
    assert heard[0] == "utter_article_answers"


def test_an_article_that_was_just_shown_is_not_shown_again(user):
    weighed = ranking(licenses=0.8, module_access=0.2)
    words = "como excluo o cadastro de um funcionário desligado?"
    user.mean("licenses", words, intent_ranking=weighed, understanding={"sure": True})
    assert user.state.shown_articles == ["excluir_usuario"]
    user.press("wrong_situation")
    assert user.press("module_access") == ["utter_guide_opened", "utter_check"]


def test_an_article_of_another_situation_does_not(user):
    heard = user.mean("slowness", "como cadastro um feriado municipal?")
    assert heard == ["utter_guide_opened", "utter_check"]


@pytest.mark.parametrize(
    ("name", "value", "article"),
    [
        ("error_code", "403", "erro_403"),
        ("error_code", "500", "erro_500_caixa"),
        ("error_code", "503", "erro_500_caixa"),
        ("error_text", "Service Unavailable", "erro_500_caixa"),
        ("error_text", "DataTables warning: table-chat-data", "erro_datatables"),
    ],
)
def test_an_error_shows_its_article_and_offers_its_situations(
    user, knowledge, name, value, article
):
    heard, *_ = user.mean("nlu_fallback", entities=[entity(name, value)])
    assert (heard, user.state.pending.kind) == ("utter_error_known", "error_article")
    assert user.state.shown_articles == [article]
    assert option_ids(user) == ["resolved", *knowledge.articles[article].situations, "none"]


@pytest.mark.parametrize(
    ("name", "value", "article", "situation"),
    [
        ("error_code", "502", "lentidao_502_504", "slowness"),
        ("error_code", "504", "lentidao_502_504", "slowness"),
        ("error_text", "Não há licenças de acesso disponíveis!", "sem_licencas", "licenses"),
    ],
)
def test_an_error_of_one_situation_opens_its_guide(user, name, value, article, situation):
    heard = user.mean("nlu_fallback", entities=[entity(name, value)])
    assert heard == ["utter_error_known", "utter_guide_opened", "utter_check"]
    assert (user.state.shown_articles, user.state.situation) == ([article], situation)


@pytest.mark.parametrize("code", ["5020", "404", "40"])
def test_another_code_points_to_no_article(user, code):
    user.mean("nlu_fallback", entities=[entity("error_code", code)])
    assert user.state.shown_articles == []


def test_an_error_with_a_sure_situation_comes_before_the_guide(user):
    words = "não abro a caixa do SAC, dá 403"
    heard = user.mean("mailbox_access", words, entities=[entity("error_code", "403")])
    assert heard == ["utter_error_known", "utter_guide_opened", "utter_check"]
    assert user.state.situation == "mailbox_access"


def test_an_error_alone_that_several_situations_have_is_asked_about(user):
    heard = user.mean("slowness", "deu erro 500", entities=[entity("error_code", "500")])
    assert heard == ["utter_error_known", "utter_did_error_article_solve"]
    assert user.state.situation is None


def test_two_problems_begin_with_the_first_and_keep_the_second(user):
    heard = user.mean("email_rules", understanding={"second": "slowness"})
    assert heard == ["utter_two_problems", "utter_guide_opened", "utter_check"]
    assert [p.situation for p in user.state.parked] == ["slowness"]
    assert user.press("resolved") == ["utter_solved", "utter_offer_second"]
    assert user.press("yes") == ["utter_guide_opened", "utter_check"]
    assert (user.state.situation, user.state.parked) == ("slowness", [])


def test_torn_it_asks_among_at_most_three(user):
    assert unsure(user, "licenses", "slowness", "email_rules", "queue_hours") == ["utter_clarify"]
    assert option_ids(user) == ["licenses", "slowness", "email_rules", "none"]
    assert len(user.options) == MOST_CANDIDATES + 1


def test_candidates_are_told_apart_by_symptom(user, knowledge):
    unsure(user, "licenses", "slowness")
    labels = [option.label for option in user.options[:-1]]
    assert labels == [knowledge.situations[s].clarify for s in ("licenses", "slowness")]


def test_a_chosen_candidate_opens_with_the_first_words(user):
    unsure(user, "licenses", "slowness", text="não entro no sistema")
    assert user.press("licenses") == ["utter_guide_opened", "utter_check"]
    assert user.state.user_words == "não entro no sistema"


def test_refused_candidates_are_not_offered_again(user):
    unsure(user, "licenses", "slowness")
    assert user.press("none") == ["utter_describe_again"]
    assert user.state.refused == ["licenses", "slowness"]
    unsure(user, "licenses", "slowness", "queue_hours", "email_rules")
    assert option_ids(user) == ["queue_hours", "email_rules", "none"]


def test_a_lone_candidate_is_asked_about(user):
    assert unsure(user, "licenses") == ["utter_clarify_one"]
    assert option_ids(user) == ["licenses", "none"]


@pytest.mark.parametrize("page", ["Administrador > E-mail", "/omni/emails/caixa", "Tela de E-MAIL"])
def test_the_screen_decides_between_candidates(user, page):
    assert unsure(user, "survey_unavailable", "email_search", page=page)[0] == "utter_guide_opened"
    assert user.state.situation == "email_search"


def test_of_two_on_the_same_screen_it_asks_those_first(user):
    unsure(user, "slowness", "email_rules", "email_search", page="E-mail")
    assert option_ids(user) == ["email_rules", "email_search", "slowness", "none"]


def test_another_screen_decides_nothing(user):
    unsure(user, "survey_unavailable", "email_search", page="Início")
    assert option_ids(user) == ["survey_unavailable", "email_search", "none"]


def test_with_every_candidate_refused_it_does_not_ask_again(user):
    unsure(user, "licenses", "slowness")
    user.press("none")
    assert "utter_clarify" not in unsure(user, "licenses", "slowness")


def test_refusing_an_errors_situations_refuses_situations_only(user, knowledge):
    user.mean("nlu_fallback", entities=[entity("error_code", "403")])
    user.press("none")
    assert user.state.refused == list(knowledge.articles["erro_403"].situations)
    assert user.mean("person") == ["utter_case_short"]


def test_the_wrong_situation_asks_among_what_else_was_weighed(user):
    ranked = ranking(licenses=0.6, slowness=0.3, email_rules=0.01)
    user.mean("licenses", intent_ranking=ranked, understanding={"sure": True})
    assert user.press("wrong_situation") == ["utter_sorry_wrong", "utter_clarify_one"]
    assert option_ids(user) == ["slowness", "none"]


def test_out_of_scope_is_an_honest_no_and_what_is_covered(user):
    assert user.mean("out_of_scope", "qqq www zzz") == ["utter_out_of_scope", "utter_coverage"]


def test_near_articles_are_better_than_a_no(user):
    text = "como bloquear e-mails de remetentes específicos"
    assert user.mean("out_of_scope", text)[0] == "utter_nearest_articles"
    assert user.state.pending.kind == "suggestion"
    assert user.state.shown_articles[0] == "bloquear_remetente"


def test_ones_own_password_has_its_own_answer(user):
    heard = user.mean("out_of_scope", entities=[entity("own_password", "minha senha")])
    assert heard == ["utter_own_password"]


def test_not_understood_twice_offers_what_is_covered(user):
    assert user.mean("nlu_fallback") == ["utter_not_understood"]
    assert user.mean("nlu_fallback") == ["utter_coverage"]
