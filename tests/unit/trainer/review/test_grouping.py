"""Similar messages in groups: named, ordered, and the same each time."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone

import pytest

from trainer.review import grouping
from trainer.review.grouping import group
from trainer.review.items import Group, Item

NOW = datetime(2026, 11, 29, 12, tzinfo=timezone.utc)
DAY = timedelta(days=1)
SITUATIONS = {
    "scheduled_report": ["Relatório agendado não chega", "O relatório programado não é enviado"],
    "chat_attachments": ["Anexos no chat não abrem", "O arquivo enviado no chat não baixa"],
}
REPORT = [
    "o relatório agendado não chegou",
    "Relatório agendado nao chegou hoje!",
    "relatorio agendado não veio no e-mail",
]
ATTACHMENT = ["não abre o anexo do chat", "anexo do chat não abre", "o anexo no chat nao abre"]


def item(text: str, age: timedelta = DAY, number: int = 0, **more) -> Item:
    name = more.pop("message", f"{number}{text}")
    return Item(name, f"c{name}", text, NOW - age, ("unsure",), **more)


def texts(one: Group) -> set[str]:
    return {item.text for item in one.items}


def test_what_is_alike_is_together_and_named():
    items = [item(text) for text in [*REPORT, *ATTACHMENT, "quero um boleto"]]
    groups = group(items, SITUATIONS, NOW)
    found = [texts(one) for one in groups]
    assert len(found) == 3
    assert all(one in found for one in ({"quero um boleto"}, set(REPORT), set(ATTACHMENT)))
    by_nearest = {one.nearest: one for one in groups}
    assert by_nearest.keys() == {"scheduled_report", "chat_attachments", None}
    assert {"relatório", "agendado"} <= set(by_nearest["scheduled_report"].words)
    assert by_nearest["chat_attachments"].words[0] in ("anexo", "abre", "chat")
    assert by_nearest[None].name


def test_the_order_of_the_messages_changes_nothing():
    items = [item(text) for text in [*REPORT, *ATTACHMENT, "quero um boleto", "boa"]]
    first = group(items, SITUATIONS, NOW)
    for seed in range(5):
        random.Random(seed).shuffle(items)
        assert group(items, SITUATIONS, NOW) == first


def test_the_same_words_are_one_text_and_two_messages():
    (one,) = group([item("Caiu!", number=1), item("caiu", 2 * DAY, 2)], {}, NOW)
    assert (one.count, one.people, one.newest) == (2, 2, NOW - DAY)
    assert [i.text for i in one.items] == ["Caiu!", "caiu"]


def test_many_and_new_come_first():
    old = [item(text, 60 * DAY) for text in REPORT]
    new = [item(text) for text in ATTACHMENT[:2]]
    assert [one.count for one in group([*old, *new], {}, NOW)] == [2, 3]
    assert [one.count for one in group([item(t) for t in [*REPORT, *ATTACHMENT[:2]]], {}, NOW)] == [
        3,
        2,
    ]


@pytest.mark.parametrize(
    ("ages", "trend"),
    [
        ([1, 2, 3], "new"),
        ([1, 2, 3, 8], "rising"),
        ([1, 8, 9], "falling"),
        ([1, 2, 8, 9], "steady"),
        ([30, 40], "steady"),
    ],
)
def test_the_trend_compares_two_weeks(ages, trend):
    (one,) = group([item("caiu", age * DAY, age) for age in ages], {}, NOW)
    assert one.trend == trend
    assert one.recent == sum(age <= 7 for age in ages)


def test_what_the_assistant_thought_of_counts_more_than_words():
    items = [item(text, candidates=("slowness",)) for text in REPORT]
    assert group(items, SITUATIONS, NOW)[0].nearest == "slowness"
    items[1] = item(REPORT[1])
    items[2] = item(REPORT[2])
    assert group(items, SITUATIONS, NOW)[0].nearest == "scheduled_report"


def test_placeholders_and_small_words_are_not_what_a_group_is_about():
    names = ["aqui é a [nome], o chat caiu", "sou [nome] e o chat caiu", "o chat caiu, [nome]"]
    (one,) = group([item(text) for text in names], {}, NOW)
    assert one.words == ("caiu", "chat") or one.words == ("chat", "caiu")


@pytest.mark.parametrize("text", ["?", "🙂", "[nome]", "e", "12 34", "a" * 300])
def test_odd_texts_stand_for_themselves(text):
    groups = group([item(text, number=1), item("caiu o chat", number=2)], SITUATIONS, NOW)
    assert len(groups) == 2 and all(one.name for one in groups)
    assert [one.count for one in group([item(text)], {}, NOW)] == [1]


def test_none_and_one():
    assert group([], SITUATIONS, NOW) == []
    (one,) = group([item("caiu")], {}, NOW)
    assert (one.count, one.nearest, one.name) == (1, None, "caiu")


def test_the_reasons_are_counted():
    items = [item("caiu", number=1), Item("x", "y", "caiu", NOW, ("corrected", "unsure"))]
    assert group(items, {}, NOW)[0].reasons == (("corrected", 1), ("unsure", 2))


def test_only_the_newest_texts_are_compared(monkeypatch):
    monkeypatch.setattr(grouping, "MOST_TEXTS", 2)
    items = [item(text, age * DAY) for age, text in enumerate(["um", "dois", "tres"])]
    assert {i.text for one in group(items, {}, NOW) for i in one.items} == {"um", "dois"}
