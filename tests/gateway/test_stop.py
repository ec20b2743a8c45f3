"""Stopping the process: streams say goodbye, the turn under way ends, nothing waits for long."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fake_rasa import HELLO, answered

from serving.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
A_FEW_SECONDS = 4.0


class SlowRasa(BaseHTTPRequestHandler):
    """Answers each turn after a second; says that it runs one by `begun`."""

    begun = threading.Event()

    def do_GET(self) -> None:
        self._answer({"status": "ok", "model": "x"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.begun.set()
        time.sleep(1)
        self._answer(answered(HELLO))

    def _answer(self, body: object) -> None:
        raw = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Gateway:
    """The gateway as a process of its own."""

    def __init__(self, folder: Path, rasa_port: int) -> None:
        self.database = folder / "gateway.db"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        rasa = f"http://127.0.0.1:{rasa_port}"
        self.env = os.environ | {
            "OMNI_PORT": str(port),
            "OMNI_GATEWAY_DB": f"sqlite+aiosqlite:///{self.database}",
            "OMNI_CASES_URL": f"sqlite:///{folder / 'cases.db'}",
            "OMNI_RASA_URL": rasa,
            "OMNI_ACTIONS_URL": rasa,
            "OMNI_SECRET": "um segredo só para os testes, nada mais",
            "OMNI_LOGS": "json",
        }
        self.log = folder / "gateway.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway"], cwd=ROOT, env=self.env, stderr=log
            )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/healthz").status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise RuntimeError(self.log.read_text()[-2000:])

    def visit(self) -> httpx.Client:
        """Open a session."""
        token = httpx.post(f"{self.url}/api/v1/sessions").json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers)

    def stop(self) -> float:
        """Stop it as an init system would; return the seconds that took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        return time.monotonic() - started

    def states(self) -> list[str]:
        """Return the states of the stored messages, in order."""
        with closing(sqlite3.connect(self.database)) as db:
            return [row[0] for row in db.execute("SELECT state FROM messages ORDER BY seq")]


@pytest.fixture
def rasa() -> Iterator[int]:
    SlowRasa.begun.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), SlowRasa)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def gateway(tmp_path: Path, rasa: int) -> Iterator[Gateway]:
    made = Gateway(tmp_path, rasa)
    yield made
    made.process.kill()
    made.process.wait()


def test_streams_say_goodbye_and_the_process_ends(gateway: Gateway) -> None:
    with (
        gateway.visit() as one,
        gateway.visit() as other,
        one.stream("GET", "/events") as first,
        other.stream("GET", "/events") as second,
    ):
        lines = [first.iter_lines(), second.iter_lines()]
        assert [next(stream) for stream in lines] == ["event: held"] * 2
        seconds = gateway.stop()
        rest = [list(stream) for stream in lines]
    assert seconds < A_FEW_SECONDS
    for stream in rest:
        events = [line for line in stream if line.startswith("event:")]
        assert events == ["event: working", "event: bye"]


def test_a_turn_under_way_is_not_cut_off(gateway: Gateway) -> None:
    with gateway.visit() as ana:
        sent = ana.post("/messages", json={"id": str(uuid4()), "text": "minha senha é segredo"})
        assert sent.status_code == 202
        assert SlowRasa.begun.wait(10)
        assert gateway.stop() < A_FEW_SECONDS
    assert gateway.states() == ["done", None]
    assert_logs(gateway.log.read_text(), sent.headers["X-Request-ID"])


def assert_logs(written: str, request_id: str) -> None:
    lines = [json.loads(line) for line in written.splitlines()]
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
    (asked,) = [line for line in lines if line.get("path") == "/api/v1/messages"]
    assert (asked["method"], asked["status"], asked["request_id"]) == ("POST", 202, request_id)
    (turn,) = [line for line in lines if line["message"].startswith("turn ")]
    assert turn["request_id"] == request_id
    assert turn["conversation"] == asked["conversation"] != ""
    assert "senha" not in written
    assert "Bearer" not in written


def test_a_second_gateway_on_the_same_file_is_refused_in_one_line(gateway: Gateway) -> None:
    env = gateway.env | {"OMNI_PORT": str(free_port())}
    second = subprocess.run(
        [sys.executable, "-m", "gateway"], cwd=ROOT, env=env, capture_output=True, timeout=30
    )
    assert second.returncode == 1
    (line,) = second.stderr.decode().splitlines()
    assert str(gateway.database) in line
    assert httpx.get(f"{gateway.url}/healthz").status_code == 200


def test_what_waits_is_answered_by_the_next_gateway(gateway: Gateway, tmp_path: Path) -> None:
    with gateway.visit() as ana:
        ana.post("/messages", json={"id": str(uuid4()), "text": "oi"})
    gateway.process.kill()
    gateway.process.wait()
    following = Gateway(tmp_path, int(gateway.env["OMNI_RASA_URL"].rpartition(":")[2]))
    try:
        deadline = time.monotonic() + 15
        while following.states()[0] == "pending" and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        following.stop()
    assert following.states()[0] == "done"
