"""The larger installation: two of everything behind nginx, and one of each killed in the middle."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest
from talker import Visitor

from chaos.places.embedded import ROOT
from chaos.places.larger import ClusterStack
from chaos.places.sockets import listening_elsewhere
from chaos.talk.load import Crowd
from chaos.talk.place import SENTINEL
from scripts.cluster.process import tree
from scripts.cluster.topology import READY
from tests.support.routes import PRIVATE, RASA, Listed, is_console, listed

OPENING = "os emails não estão chegando na caixa do suporte"
# Each is killed once, while all talk; the seconds until the first, and between two.
KILLED = ("rasa-1", "gateway-1", "actions-1", "gateway-2")
BEFORE, AWAY = (2.0, 5.0), (0.5, 2.0)


@pytest.fixture(scope="module")
def cluster() -> Iterator[ClusterStack]:
    made = ClusterStack()
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(made.folder, ignore_errors=True)


async def kill_each(cluster: ClusterStack, chance: random.Random) -> None:
    """Kill each once, and start it again; the next not before that one answers."""
    for name in KILLED:
        await asyncio.sleep(chance.uniform(*BEFORE))
        cluster.kill(name)
        await asyncio.sleep(chance.uniform(*AWAY))
        cluster.begin(name)
        await asyncio.to_thread(cluster.wait, name)


def test_each_pair_has_a_part_in_one_conversation(cluster: ClusterStack) -> None:
    visitor = Visitor(cluster.url)
    visitor.say(OPENING)
    assert visitor.messages[-1]["progress"]["n"] == 1
    for number in (2, 3):
        visitor.say("continua do mesmo jeito, não resolveu")
        assert visitor.messages[-1]["progress"]["n"] == number
    visitor.say("quero falar com uma pessoa")
    for _ in range(8):
        visitor.say("oi")
    for name in (*cluster.of_kind("rasa"), *cluster.of_kind("actions")):
        assert visitor.conversation in cluster.log(name), f"{name} had no part in it"


def test_a_message_is_heard_at_the_other_gateway(cluster: ClusterStack) -> None:
    visitor = Visitor(cluster.url)
    visitor.say(OPENING)
    seen = []
    for name in cluster.of_kind("gateway"):
        found = httpx.get(
            f"{cluster.address(name)}/api/v1/messages",
            params={"after": 0},
            headers={"Authorization": f"Bearer {visitor.token}"},
        )
        seen.append(found.json()["messages"])
    assert len(seen[0]) > 1
    assert seen[0] == seen[1]


@pytest.mark.parametrize("route", listed(), ids=lambda r: f"{r.method} {r.path}")
def test_from_outside_each_route_is_for_whom_the_list_says(
    cluster: ClusterStack, route: Listed
) -> None:
    answer = httpx.request(route.method, f"{cluster.url}{route.example}", json={})
    wanted = {"session": {401}, "inside": {404}, "slack": {404}, "teams": {404}}
    hidden = is_console(route.path)
    expected = {404} if hidden else wanted.get(route.who, {200, 201, 422})
    assert answer.status_code in expected, answer.text


def test_from_outside_nothing_of_rasa_s_is_to_be_had(cluster: ClusterStack) -> None:
    for method, path in (*RASA, *PRIVATE, ("GET", "/treinador"), ("GET", "/treinador/entrar")):
        answer = httpx.request(method, f"{cluster.url}{path}")
        assert answer.status_code == 404, (method, path)


def test_rasa_s_own_api_is_off_even_for_who_reaches_rasa(cluster: ClusterStack) -> None:
    for name in cluster.of_kind("rasa"):
        for method, path in RASA:
            answer = httpx.request(method, f"{cluster.address(name)}{path}")
            assert answer.status_code in (404, 405), (name, method, path)


def test_every_process_listens_on_loopback_alone(cluster: ClusterStack) -> None:
    pids = [pid for process in cluster.processes.values() for pid in tree(process.pid)]
    assert listening_elsewhere(pids, len(cluster.names)) == []


def test_an_event_comes_at_once_through_nginx(cluster: ClusterStack) -> None:
    visitor = Visitor(cluster.url)
    headers = {"Authorization": f"Bearer {visitor.token}"}
    with httpx.stream("GET", f"{cluster.url}/api/v1/events", headers=headers) as answer:
        started = time.monotonic()
        assert next(answer.iter_lines()).startswith("event:")
        assert time.monotonic() - started < 2
        assert answer.headers["content-type"].startswith("text/event-stream")


def test_nginx_refuses_in_our_words(cluster: ClusterStack) -> None:
    large = httpx.post(f"{cluster.url}/api/v1/messages", content=b"a" * 20_000)
    assert large.status_code == 413
    assert "2.000 caracteres" in large.json()["detail"]
    assert large.headers["x-content-type-options"] == "nosniff"


async def test_one_of_each_dies_and_nothing_is_lost_or_said_twice(
    cluster: ClusterStack, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = int(os.environ.get("OMNI_SEED") or random.randrange(10**6))
    crowd = Crowd(cluster, seed)
    async with crowd.talking():
        await kill_each(cluster, random.Random(f"{seed}-killer"))
    findings = crowd.findings()
    with capsys.disabled():
        print(f"\nOMNI_SEED={seed}: {findings.figures}")
    assert not findings.faults, "\n".join([f"OMNI_SEED={seed}", *findings.faults])
    # Who waits for a busy machine says less: what counts is how much was under way.
    assert sum(len(client.log.sent) for client in crowd.clients) >= 5 * len(crowd.clients)
    for kind in READY:
        for name in cluster.of_kind(kind):
            assert SENTINEL not in cluster.log(name), name


def run_backup(cluster: ClusterStack, *command: str) -> str:
    """Run `make backup` or `make restore` with the cluster's environment."""
    places = {name: str(cluster.folder / name.lower()) for name in ("OMNI_BACKUPS", "OMNI_BUNDLES")}
    found = subprocess.run(
        [sys.executable, "-m", "scripts.backup", *command],
        cwd=ROOT,
        env={**os.environ, **cluster.environment, **places},
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def traces(cluster: ClusterStack, conversation: str) -> dict[str, int]:
    """Count the rows that each database has of a conversation."""
    counted = {
        "gateway": "SELECT count(*) FROM messages WHERE conversation_id = ?",
        "tracker": "SELECT count(*) FROM events WHERE sender_id = ?",
        "cases": "SELECT count(*) FROM cases WHERE conversation = ?",
    }
    return {name: cluster.sql(name, query, conversation)[0][0] for name, query in counted.items()}


def test_a_restored_backup_brings_back_all_but_who_was_erased(cluster: ClusterStack) -> None:
    gone, stays = Visitor(cluster.url), Visitor(cluster.url)
    for visitor in (gone, stays):
        visitor.say(OPENING)
        visitor.say("quero falar com uma pessoa")
        assert visitor.case()
    said = stays.history()
    backup = run_backup(cluster, "make")
    assert gone.http.delete("/me").status_code == 202
    stays.say("isto é de depois do backup")
    ours = [name for name in cluster.names if name not in ("postgres", "redis")]
    for name in reversed(ours):
        cluster.end(name, 30)
    assert "1 erased" in run_backup(cluster, "restore", backup, "--replace")
    assert traces(cluster, gone.conversation) == {"gateway": 0, "tracker": 0, "cases": 0}
    assert all(traces(cluster, stays.conversation).values())
    cluster.start()
    assert gone.http.get("/messages", params={"after": 0}).status_code == 401
    assert stays.history() == said
    assert stays.say("ainda estou aqui")


def test_without_any_gateway_nginx_says_to_come_again(cluster: ClusterStack) -> None:
    for name in cluster.of_kind("gateway"):
        cluster.end(name, 20)
    found = httpx.post(f"{cluster.url}/api/v1/sessions")
    assert found.status_code == 503
    assert found.headers["retry-after"] == "2"
    assert found.json()["detail"]
    cluster.start()
    assert httpx.post(f"{cluster.url}/api/v1/sessions").status_code == 201
