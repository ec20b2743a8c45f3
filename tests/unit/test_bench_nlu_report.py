"""The comparison and its page, from results made up here."""

from __future__ import annotations

import json
import re

import pytest

from benchmarks.nlu.comparing import compare, read_published
from benchmarks.nlu.peers import PIPELINES
from benchmarks.nlu.report import comparisons, table, write
from benchmarks.nlu.retrieving import SHARES
from benchmarks.nlu.tasks import TASKS

MORE = ("macro_f1", "calibration_error", "auroc_far")
PAIRS = ("in_scope", "recall_far", "threshold")


def result(accuracy: float, seconds: float = 1.0, in_scope: float = 0.9, recall: float = 0.5):
    figures = {"accuracy": {"value": accuracy, "low": accuracy - 0.1, "high": accuracy + 0.05}}
    figures |= {name: {"value": 0.4, "low": None, "high": None} for name in MORE}
    for way in ("none", "paper", "equal"):
        for name, value in zip(PAIRS, (in_scope, recall, 0.3), strict=True):
            figures[f"{name}_{way}"] = {"value": value, "low": None, "high": None}
    return {
        "figures": figures, "seconds": seconds, "cpu_seconds": seconds, "size": 2_000_000,
        "accuracies": [accuracy],
    }  # fmt: skip


def peers(accuracy: float):
    systems = {"ours": result(0.8, 1.0), "rasa-diet": result(accuracy, 50.0)}
    return {"date": "2026-01-01", "machine": "a <slow> one", "systems": systems}


PUBLISHED = {
    "title": "T", "about": "A",
    "published": [
        {"system": "Encoder", "accuracy": 99, "encoder": "pretrained", "source": "s"},
        {"system": "Plain", "accuracy": 80, "encoder": "none", "source": "s"},
        {"system": "Service", "accuracy": 90, "encoder": "undisclosed", "source": "s"},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("accuracy", "beaten", "reached"),
    [(0.85, True, True), (0.796, True, True), (0.7, False, False)],
)
def test_the_goals(accuracy, beaten, reached):
    found = compare("t", result(accuracy), peers(0.79), PUBLISHED)
    assert (found.default_beaten, found.published_beaten) == (beaten, reached)
    assert found.time_share == 0.02
    assert found.best_published.name == "Plain"


def test_without_peers_and_published_nothing_is_claimed():
    found = compare("t", result(0.8), {}, {**PUBLISHED, "published": []})
    assert (found.default_beaten, found.published_beaten, found.time_share) == (None, None, None)


@pytest.mark.parametrize(("pair", "reached"), [((0.92, 0.4), True), ((0.95, 0.2), False)])
def test_out_of_scope_must_be_reached_in_both_figures(pair, reached):
    rows = [{"system": "Old", "in_scope": 90, "recall": 30, "encoder": "none", "source": "s"}]
    published = {**PUBLISHED, "published": rows, "protocol": "paper"}
    found = compare("t", result(0.9, 1.0, *pair), {}, published)
    assert found.published_beaten is reached


def found_for_all():
    tasks = {name: result(0.81) for name in TASKS}
    retrieval = {"value": 0.5, "low": 0.4, "high": 0.6}
    keys = ("recall_1", "recall_3", "mrr_10", "ndcg_10")
    tasks |= {name: {"figures": dict.fromkeys(keys, retrieval)} for name in SHARES}
    return {"date": "2026-01-02", "machine": "here", "tasks": tasks}


def test_the_page_stands_alone_and_shows_every_task(tmp_path):
    found = found_for_all()
    as_json, as_page = write(found, {"hwu64-10": peers(0.7)}, tmp_path)
    page = as_page.read_text(encoding="utf-8")
    assert not re.search(r'(?:src|href)="(?!#)|url\(|@import|<script', page)
    assert all(f'id="{name}"' in page for name in TASKS)
    assert "a &lt;slow&gt; one" in page
    assert page.count('role="img"') == len(TASKS)
    assert set(json.loads(as_json.read_text())["tasks"]) == {*TASKS, *SHARES}


def test_the_table_has_a_line_for_each_task():
    found = found_for_all()
    lines = list(table(found, comparisons(found, {"hwu64-10": peers(0.7)})))
    line = next(line for line in lines if line.startswith("hwu64-10 "))
    assert "81.0 [71.0, 86.0]" in line and "70.0" in line and "0.020" in line
    assert len(lines) == 1 + len(TASKS) + len(SHARES)


def test_every_task_has_a_title_and_every_result_a_source():
    published = read_published()
    assert set(published["tasks"]) == {*TASKS, *SHARES}
    for task in published["tasks"].values():
        for row in task["published"]:
            assert row["source"] in published["sources"]
            assert row["encoder"] in {"none", "pretrained", "undisclosed"}


def test_the_default_peer_is_rasas_own_default():
    from pathlib import Path

    import rasa.engine.recipes.config_files as files
    import yaml

    path = Path(next(iter(files.__path__))) / "default_config.yml"
    default = yaml.safe_load(path.read_text())["pipeline"]
    assert PIPELINES["rasa-diet"] == default[: len(PIPELINES["rasa-diet"])]
    assert default[len(PIPELINES["rasa-diet"])]["name"] == "EntitySynonymMapper"
