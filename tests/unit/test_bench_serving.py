"""The benchmark of serving: figures worked out by hand, loads on a made-up system, the peers."""

from __future__ import annotations

import asyncio
import sqlite3
from importlib.resources import files
from types import SimpleNamespace

import pytest
import yaml

from assistant.knowledge import load_knowledge
from assistant.settings import Settings
from benchmarks.serving import generated, helpdesk, least, loads, phrases, recommended, serving
from benchmarks.serving.lengthening import lengthen
from benchmarks.serving.measures import exponent, percentiles, steepest
from benchmarks.serving.projects import PEERS, bounded
from benchmarks.serving.queue_stages import chained
from benchmarks.serving.stages import summed


@pytest.mark.parametrize("power", [-1, 0, 0.5, 1, 2])
def test_the_exponent_of_a_power_is_that_power(power):
    sizes = [17, 170, 1700]
    assert exponent(sizes, [3 * size**power for size in sizes]) == pytest.approx(power, abs=0.01)


def test_the_steepest_is_that_of_two_neighbours():
    assert steepest([1, 10, 100], [5, 5, 500]) == 2.0
    assert exponent([1, 10, 100], [5, 5, 500]) == 1.0


def test_percentiles():
    assert percentiles(range(1, 101)) == {"p50": 50.5, "p95": 95.0, "p99": 99.0, "n": 100}


class Slow:
    """Answers one at a time, each in 20 ms: 50 a second and no more."""

    turn = asyncio.Lock()
    opened = 0

    def __init__(self, _http):
        pass

    async def open(self):
        Slow.opened += 1

    async def say(self, text):
        if text == "fail":
            return 500
        async with Slow.turn:
            await asyncio.sleep(0.02)
        return 200

    async def close(self):
        pass


@pytest.fixture(autouse=True)
def _new_lock():
    Slow.turn, Slow.opened = asyncio.Lock(), 0


async def test_waits_under_constant_arrival_count_from_when_each_was_due():
    held = await loads.constant(Slow, lambda _: ["oi"] * 5, rate=20, seconds=1)
    assert held["failed"] == 0
    assert held["p50"] < 60
    flooded = await loads.constant(Slow, lambda _: ["oi"] * 5, rate=200, seconds=1)
    assert flooded["n"] == 200
    assert flooded["p99"] > 2000  # the last was due after a second and answered after four
    assert flooded["per_second"] < 60


async def test_a_closed_loop_does_not_see_that():
    found = await loads.closed(Slow, lambda _: ["oi"] * 5, people=4, turns=40)
    assert found["p99"] < 200


async def test_turns_that_fail_are_counted_apart():
    found = await loads.closed(Slow, lambda _: ["oi", "fail"], people=1, turns=10)
    assert (found["n"], found["failed"]) == (5, 5)


def test_a_long_conversation_is_read_in_order_from_its_sessions_beginning(tmp_path):
    with sqlite3.connect(tmp_path / "t.db") as db:
        columns = "sender_id, type_name, timestamp, intent_name, action_name, data"
        db.execute(f"CREATE TABLE events (id INTEGER PRIMARY KEY, {columns})")
        kinds = ["action", "session_started", "action", "user", "bot", "user", "bot"]
        rows = [("x", kind, 1000.0 + n, None, None, "{}") for n, kind in enumerate(kinds)]
        db.executemany(f"INSERT INTO events ({columns}) VALUES (?, ?, ?, ?, ?, ?)", rows)
    lengthen(tmp_path / "t.db", 3)
    with sqlite3.connect(tmp_path / "t.db") as db:
        found = db.execute("SELECT type_name, timestamp FROM events ORDER BY timestamp").fetchall()
    said = ["action", "user", "bot", "user", "bot"]
    assert [kind for kind, _ in found] == ["action", "session_started", *said * 3]
    assert max(at for _, at in found) == 1006.0


def test_the_recommended_pipeline_is_that_of_the_installed_rasa():
    place = files("rasa.engine.recipes.config_files") / "default_config.yml"
    default = yaml.safe_load(place.read_text())
    assert PEERS["rasa"] == {part: default[part] for part in ("pipeline", "policies")}


def test_epochs_are_bounded_and_nothing_else_changes():
    config = bounded(PEERS["helpdesk"], 20)
    steps = {step["name"]: step for step in config["pipeline"] + config["policies"]}
    assert steps["DIETClassifier"] == {"name": "DIETClassifier", "epochs": 20, "random_seed": 1}
    assert steps["TEDPolicy"]["epochs"] == 20
    assert "epochs" not in steps["RulePolicy"]
    assert bounded(PEERS["helpdesk"], 1000) == PEERS["helpdesk"]


@pytest.fixture(scope="module")
def knowledge():
    return load_knowledge(Settings.from_env().knowledge_dir)


def actions_of(content: dict) -> set[str]:
    found = content.get("stories", []) + content.get("rules", [])
    return {step["action"] for one in found for step in one["steps"] if "action" in step}


def test_all_that_the_recommended_project_does_is_in_its_domain(knowledge):
    rows = phrases.training(2)
    domain = recommended.domain(knowledge, rows)
    rules = recommended.rules(rows, set(knowledge.situations))
    done = actions_of(recommended.stories(knowledge)) | actions_of(rules)
    assert done - {"utter_faq"} <= set(domain["responses"])
    assert {f"utter_faq/{one}" for one in knowledge.articles} <= set(domain["responses"])


def test_all_that_the_helpdesk_does_is_in_its_domain(knowledge):
    situations = sorted(knowledge.situations)
    rows = phrases.training(2)
    domain = helpdesk.domain(rows, situations)
    known = {*domain["responses"], *domain["actions"], *domain["forms"]}
    done = actions_of(helpdesk.stories(situations)) | actions_of(helpdesk.rules(situations))
    assert done <= known


def test_what_is_said_was_learnt_by_nobody():
    learnt = {text for text, _ in phrases.training(10**6)}
    assert not learnt & set(phrases.problems())


def test_generated_knowledge_has_the_size_that_was_asked_for(knowledge):
    made = generated.articles(knowledge, 500)
    assert len({article.id for article in made}) == 500
    assert len({generated.word(n) for n in range(5000)}) == 5000
    texts = generated.phrases(3)
    assert len(set(texts)) == len(texts) == 20


def test_stages_are_medians_and_what_is_left_is_rasas():
    lines = [
        '{"turn": 10, "nlu": 2, "action": 5, "action server": 4, "check of the result": 1}'
    ] * 3
    found = summed([*lines, '{"turn": 1000, "nlu": 1, "action": 1}'])
    assert (found["turn"], found["nlu"], found["rest of Rasa"]) == (10, 2, 3)


def test_all_that_the_least_rasa_does_is_in_its_domain():
    files = least.parts()
    domain, rules = files["domain.yml"], files["data/rules.yml"]["rules"]
    steps = [step for rule in rules for step in rule["steps"]]
    assert {step["intent"] for step in steps if "intent" in step} == set(domain["intents"])
    assert {step["action"] for step in steps if "action" in step} < set(domain["responses"])
    assert {one["intent"] for one in files["data/nlu.yml"]["nlu"]} == set(domain["intents"])


def test_the_stages_of_a_turn_lie_between_what_was_seen_inside_and_outside():
    inside = {"received": 1.001, "claimed": 1.003, "asked": 1.004, "answered": 1.02, "stored": 1.03}
    outside = {"sent": 1.0, "accepted": 1.006, "heard": 1.033}
    slow = {**outside, "heard": 9.0}
    found = chained([inside] * 3, [outside, slow, outside])
    assert list(found.values()) == [1.0, 2.0, 1.0, 16.0, 10.0, 3.0, 33.0, 6.0]
    with pytest.raises(ValueError):
        chained([inside], [outside, outside])


@pytest.mark.parametrize(("most", "found"), [(40, 40), (140, 128), (170, 160), (10**6, 208)])
def test_the_highest_rate_is_found_although_the_machine_hiccups_once(monkeypatch, most, found):
    hiccups = {32, 128}

    async def constant(_make, _script, rate, _seconds):
        slow = rate > most or rate in hiccups
        hiccups.discard(rate)
        return {"rate": rate, "n": 1, "p95": 5000 if slow else 9, "failed": 0, "per_second": rate}

    monkeypatch.setattr(loads, "constant", constant)
    system = SimpleNamespace(make=Slow, script=lambda number, said: ["oi"])
    steady = serving.Talk(system).steady(1.0)
    assert steady["highest"] == found
    rates = [one["rate"] for one in steady["tried"]]
    assert rates == sorted(rates)
