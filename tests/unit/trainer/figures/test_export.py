"""Figures as files and as a table: every number is in them, in words that people know."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from trainer.figures.alarms import Alarm
from trainer.figures.counting import ArticleFigures, CheckFigures, Figures, SituationFigures
from trainer.figures.export import to_csv, to_json
from trainer.figures.table import table

ZONE = ZoneInfo("America/Sao_Paulo")
BEGIN = datetime(2026, 11, 1, tzinfo=ZONE)
CHECKS = (CheckFigures("rede", shown=9, solved=2, left=1, menu_not_found=5, menu_people=3),)
ARTICLES = (ArticleFigures("limpeza_cache", 4, 3),)
SLOW = SituationFigures(
    "slowness", 9, 7, confirmed=2, assumed=3, returned=1, handed_over=1, left=1, open=1,
    checks=CHECKS, articles=ARTICLES,
)  # fmt: skip
FIGURES = Figures(
    BEGIN,
    BEGIN + timedelta(days=30),
    (SLOW, SituationFigures("apagada", 1, 1, wrong=1)),
    (Alarm("slowness", "rede", 3, BEGIN, BEGIN + timedelta(days=2)),),
    {"sure": 30, "torn": 5, "refused": 2},
)


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(FIGURES)[name])))


def test_json_holds_everything():
    found = json.loads(to_json(FIGURES))
    assert found["situations"][0] == json.loads(json.dumps(asdict(SLOW)))
    assert (found["since"], found["messages"]["torn"]) == ("2026-11-01T00:00:00-03:00", 5)
    assert found["alarms"][0]["people"] == 3


def test_csv_has_a_row_for_each_thing():
    first, second = rows("situations.csv")
    assert (first["situation"], first["started"], first["assumed"]) == ("slowness", "9", "3")
    assert "checks" not in first and second["wrong"] == "1"
    (check,) = rows("checks.csv")
    assert (check["situation"], check["check"], check["menu_people"]) == ("slowness", "rede", "3")
    assert rows("articles.csv") == [
        {"situation": "slowness", "article": "limpeza_cache", "shown": "4", "opened": "3"}
    ]
    assert rows("alarms.csv")[0]["first"] == "2026-11-01T00:00:00-03:00"


def shown(figures: Figures, knowledge, **more) -> list[str]:
    return list(table(figures, knowledge, 72, ZONE, **more))


def test_the_table_speaks_of_titles_and_days(knowledge):
    slowness = knowledge.situations["slowness"]
    first = slowness.checks[0]
    figures = replace(
        FIGURES,
        situations=(replace(SLOW, checks=(replace(CHECKS[0], check=first.id),)),),
        alarms=(replace(FIGURES.alarms[0], check=first.id),),
    )
    lines = shown(figures, knowledge)
    text = "\n".join(lines)
    assert lines[0] == "Uso do assistente de 01/11/2026 a 30/11/2026"
    assert "Mensagens escritas: 37." in lines[1]
    assert f"“{first.title}”: 3 pessoas não encontraram o menu entre 01/11 e 03/11" in text
    row = next(line for line in lines if line.startswith(slowness.title[:30]))
    assert row.split()[-8:] == ["9", "2", "3", "1", "1", "0", "1", "1"]
    assert "5 (3)" in text
    assert knowledge.articles["limpeza_cache"].title[:40] in text
    assert "{" not in text


def test_short_is_a_line_for_each_and_ids_that_are_gone_stay(knowledge):
    short, long = shown(FIGURES, knowledge, details=False), shown(FIGURES, knowledge)
    assert len(short) < len(long)
    assert any(line.startswith("apagada") for line in short)


def test_a_time_without_use_says_so(knowledge):
    nothing = Figures(BEGIN, BEGIN + timedelta(days=1), (), ())
    assert shown(nothing, knowledge)[-1] == "Ninguém começou um guia nesse período."


@pytest.mark.parametrize("zone", [timezone.utc, ZONE])
def test_the_last_day_is_the_one_that_was_asked_for(knowledge, zone):
    begin = datetime(2026, 11, 1, tzinfo=zone)
    day = Figures(begin, begin + timedelta(days=1), (), ())
    assert next(table(day, knowledge, 72, zone)).endswith("de 01/11/2026 a 01/11/2026")
