"""The report of `make bench`: what it keeps, what it judges, what the page says; one part."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from assistant.settings import ROOT
from benchmarks.serving import __main__ as command
from benchmarks.serving import fallbacks, growth, report, runs
from benchmarks.serving.slopes import judged
from benchmarks.serving.targets import table

LATE = {"17": {"train_cpu": 5.9}, "170": {"train_cpu": 14.2}, "1700": {"train_cpu": 290.6}}


@pytest.fixture
def committed(tmp_path) -> Path:
    """A folder with the report of this repository."""
    shutil.copy(ROOT / "reports/bench.json", tmp_path)
    return tmp_path


def parts_in(folder: Path) -> dict:
    return json.loads((folder / "bench.json").read_text("utf-8"))["parts"]


def put(kept: Path, name: str, figures: dict, at: str) -> None:
    kept.mkdir(exist_ok=True)
    (kept / f"{name}.json").write_text(json.dumps({"figures": figures, "run": {"at": at}}))


def test_a_part_measured_in_a_fresh_clone_replaces_its_own_and_keeps_the_rest(committed):
    before = parts_in(committed)
    new = {"sizes": {"69": {"search_ms": 1.0}, "690": {"search_ms": 2.0}}}
    put(committed / "kept", "retrieval", new, "2999-01-01T00:00+00:00")
    report.write(committed / "kept", committed)
    after = parts_in(committed)
    assert after["retrieval"]["sizes"] == new["sizes"]
    assert list(after) == list(before)
    assert after["train-rasa"] == before["train-rasa"]
    assert after["serving-ours"]["latency"] == before["serving-ours"]["latency"]


def test_a_part_that_lies_here_for_long_does_not_replace_a_newer_one(committed):
    put(committed / "kept", "train-ours", {"cpu": 1.0}, "2020-01-01T00:00+00:00")
    before = parts_in(committed)["train-ours"]
    report.write(committed / "kept", committed)
    assert parts_in(committed)["train-ours"] == before


def test_a_quick_part_replaces_no_full_one():
    full, quick = ({"run": {"at": at, "quick": at > "2026"}} for at in ("2025", "2027"))
    assert report.newest({"doors": full}, {"doors": quick}) == {"doors": full}
    assert report.newest({"doors": quick}, {"doors": full}) == {"doors": quick}
    assert report.newest({"doors": quick}, {"doors": quick | {"new": 1}})["doors"]["new"]


def test_growth_that_sets_in_late_misses_its_goal():
    found = table(judged({"growth": {"sizes": LATE}}))[-1]
    assert (found["value"], found["reached"]) == (1.31, False)
    assert found["note"] == "train_cpu; fitted over all sizes 0.85"


def test_so_does_a_conversation_that_gets_dear_at_its_end():
    found = judged(
        {"serving-ours": {"session": {"ms_at": {"10": 1, "50": 9, "500": 9, "1000": 36}}}}
    )
    session = found["serving-ours"]["session"]
    assert session["steepest"] == 2.0 > 1 > session["exponent"]
    assert table(found)[-2]["reached"] is False


def test_two_of_each_server_are_a_ratio_and_no_exponent():
    sizes = {"1": {"memory_mb": 900, "failed": 0}, "2": {"memory_mb": 1350, "failed": 0}}
    assert judged({"replicas": {"sizes": sizes}})["replicas"]["ratios"] == {"memory_mb": 1.5}


def test_targets_that_were_not_measured_are_neither_reached_nor_missed():
    parts = {"train-ours": {"cpu": 5.0}, "train-rasa": {"cpu": 100.0}}
    found = {row["goal"]: row for row in table(parts)}
    assert found["at most 0.1"]["value"] == 0.05
    assert found["at most 0.1"]["reached"] is True
    assert found["at least 4"]["reached"] is None
    parts["train-ours"]["cpu"] = 50.0
    assert next(r for r in table(parts) if r["goal"] == "at most 0.1")["reached"] is False


def test_the_page_loads_nothing():
    text = report.page(table({}), {}, {})
    assert "not measured" in text
    assert "http" not in text
    assert "<script" not in text


def test_the_page_of_the_committed_figures(committed):
    put(committed / "kept", "train-ours", {"cpu": 6, "seconds": 7}, "2999-01-01T00:00+00:00")
    path = committed / "kept/train-ours.json"
    found = json.loads(path.read_text())
    found["run"] |= {"commit": "abc1234+", "model": "deadbeef"}
    path.write_text(json.dumps(found))
    report.write(committed / "kept", committed)
    text = (committed / "bench.html").read_text("utf-8")
    assert "<td>abc1234+<td>deadbeef" in text
    assert "bare: the same frameworks" in text
    assert "most of its turns are its fallback" in text
    assert "turn, direct to Rasa, ms" in text


def test_a_rate_beyond_which_none_was_tried_is_a_least_one(committed):
    least = parts_in(committed)["serving-least"]
    highest = least["steady"]["tried"][-1]["rate"]
    least["steady"]["highest"] = highest
    put(committed / "kept", "serving-least", least, "2999-01-01T00:00+00:00")
    report.write(committed / "kept", committed)
    assert f"at least {highest}" in (committed / "bench.html").read_text("utf-8")


def test_rasa_served_all_doors(committed):
    waits = {"p50": 1.0, "p95": 1.0, "p99": 1.0}
    used = {"rasa": 60.0, "actions": 6.0, "gateway": 14.0, "bare": 3.0}
    figures = {
        "doors": {"bare": waits, "direct": waits, "ours": waits},
        "adds": {"bare": 2.9, "ours": 11.7},
        "processor_ms_a_turn": used,
    }
    assert report.served({"doors": figures}) == {"rasa": 20.0, "actions": 2.0}
    rows = report.doors({"doors": figures})
    assert [(row["adds"], row["processor"]) for row in rows] == [
        ("-", "-"),
        (2.9, 3.0),
        (11.7, 14.0),
    ]


def test_the_share_of_turns_that_were_a_fallback(tmp_path):
    with sqlite3.connect(tmp_path / "t.db") as db:
        db.execute("CREATE TABLE events (type_name, action_name)")
        said = [("user", None)] * 4
        done = ["utter_default", "action_default_fallback", "action_listen", "utter_thanks"]
        rows = said + [("action", name) for name in done] + [("bot", "utter_default")]
        db.executemany("INSERT INTO events VALUES (?, ?)", rows)
    assert fallbacks.share(tmp_path / "t.db") == 0.5


def test_the_commit_says_whether_files_differ_from_it(tmp_path):
    def git(*words: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *words], check=True, capture_output=True)

    assert runs.commit(tmp_path / "nowhere") == "-"
    (tmp_path / "reports").mkdir()
    for name in ("code.py", "reports/bench.json"):
        (tmp_path / name).write_text("1")
    git("init")
    git("add", ".")
    git("commit", "-m", "all")
    (tmp_path / "reports/bench.json").write_text("2")
    clean = runs.commit(tmp_path)
    assert clean.isalnum()
    (tmp_path / "code.py").write_text("2")
    assert runs.commit(tmp_path) == f"{clean}+"


def test_a_part_run_from_the_command_line(committed, monkeypatch, capsys):
    monkeypatch.setattr(command, "KEPT", committed / "kept")
    monkeypatch.setattr(growth, "ARTICLES", (20, 60))
    before = parts_in(committed)
    assert command.main(["retrieval", "--out", str(committed)]) == 0
    found = json.loads((committed / "bench.json").read_text("utf-8"))
    assert list(found["parts"]) == list(before)
    sizes = found["parts"]["retrieval"]["sizes"]
    assert list(sizes) == ["20", "60"]
    assert set(sizes["60"]) == {"search_ms", "fit_seconds", "index_mb"}
    assert 0 < sizes["20"]["search_ms"] < 1000
    run = found["runs"]["retrieval"]
    assert run["commit"].rstrip("+").isalnum()
    assert run["model"] is None
    assert str(committed / "bench.html") in capsys.readouterr().out
