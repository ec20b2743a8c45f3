"""What nginx passes on, and when it asks the other gateway: with servers of ours behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from scripts.cluster.proxy import proxy
from serving.ports import free_port

HERE = "set_real_ip_from 127.0.0.1;"
CLAIMED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
PROMISE = "strict-transport-security"
MESSAGES = "/api/v1/messages"


class Gateway(ThreadingHTTPServer):
    """Answers everything with one status, and remembers what it was asked with."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.status = status
        self.heard: list[dict[str, str]] = []


class _Answers(BaseHTTPRequestHandler):
    server: Gateway

    def do_GET(self) -> None:
        self.server.heard.append({name.lower(): value for name, value in self.headers.items()})
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PUT = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None: ...


@contextmanager
def serving(status: int) -> Iterator[Gateway]:
    with Gateway(status) as gateway:
        threading.Thread(target=gateway.serve_forever, daemon=True).start()
        yield gateway
        gateway.shutdown()


@contextmanager
def nginx(folder: Path, gateways: list[Gateway], **more: str) -> Iterator[str]:
    port, ports = free_port(), [gateway.server_port for gateway in gateways]
    made = proxy(folder, folder / "log", port, ports, free_port(), [free_port()], more)
    made.begin()
    try:
        made.wait(10)
        yield f"http://127.0.0.1:{port}"
    finally:
        made.stop()


def passed(folder: Path, headers: dict[str, str], trusted: str) -> tuple[dict[str, str], bool]:
    """Return what a gateway is told, and whether the client is promised https."""
    with serving(200) as gateway, nginx(folder, [gateway], OMNI_NGINX_TRUSTED=trusted) as url:
        answer = httpx.get(url, headers=headers, trust_env=False)
    return gateway.heard[0], PROMISE in answer.headers


def test_no_client_names_its_own_address_or_scheme(tmp_path: Path) -> None:
    heard, promised = passed(tmp_path, CLAIMED, "")
    assert (heard["x-forwarded-for"], heard["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert not promised


def test_who_ends_tls_before_it_names_both(tmp_path: Path) -> None:
    heard, promised = passed(tmp_path, CLAIMED, HERE)
    assert (heard["x-forwarded-for"], heard["x-forwarded-proto"]) == ("203.0.113.9", "https")
    assert promised


def test_another_peer_than_the_trusted_names_neither(tmp_path: Path) -> None:
    heard, promised = passed(tmp_path, CLAIMED, "set_real_ip_from 10.0.0.0/8;")
    assert (heard["x-forwarded-for"], heard["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert not promised


def test_of_a_chain_the_address_before_the_trusted_ones_counts(tmp_path: Path) -> None:
    chain = CLAIMED | {"X-Forwarded-For": "192.0.2.1, 203.0.113.9, 10.0.0.7"}
    heard, _ = passed(tmp_path, chain, f"{HERE} set_real_ip_from 10.0.0.0/8;")
    assert heard["x-forwarded-for"] == "203.0.113.9"


@pytest.mark.parametrize("scheme", ["gopher", "https, http", ""])
def test_a_scheme_that_is_none_is_not_passed_on(tmp_path: Path, scheme: str) -> None:
    heard, promised = passed(tmp_path, CLAIMED | {"X-Forwarded-Proto": scheme}, HERE)
    assert heard["x-forwarded-proto"] == "http"
    assert not promised


def test_each_visitor_behind_it_has_a_rate_of_their_own(tmp_path: Path) -> None:
    slow = {"OMNI_NGINX_RATE": "1r/m", "OMNI_NGINX_BURST": "1", "OMNI_NGINX_TRUSTED": HERE}
    with serving(200) as gateway, nginx(tmp_path, [gateway], **slow) as url:
        visitors = [CLAIMED | {"X-Forwarded-For": f"203.0.113.{n}"} for n in range(5)]
        found = [httpx.get(url, headers=one, trust_env=False).status_code for one in visitors]
    assert found == [200] * 5


@contextmanager
def one_without_its_store(folder: Path) -> Iterator[tuple[str, Gateway]]:
    in_turn = {"OMNI_NGINX_WORKERS": "1"}
    with serving(503) as down, serving(202) as up, nginx(folder, [down, up], **in_turn) as url:
        yield url, down


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", MESSAGES), ("GET", MESSAGES), ("PUT", "/api/v1/messages/1/feedback")],
)
def test_what_may_come_twice_is_asked_of_the_other(tmp_path: Path, method: str, path: str) -> None:
    with one_without_its_store(tmp_path) as (url, down):
        found = [httpx.request(method, url + path, trust_env=False) for _ in range(4)]
    assert [one.status_code for one in found] == [202] * 4
    assert down.heard  # it was asked, and its refusal seen by nobody


def test_what_may_not_is_answered_as_it_was(tmp_path: Path) -> None:
    with one_without_its_store(tmp_path) as (url, down):
        found = [httpx.post(f"{url}/api/v1/sessions", trust_env=False) for _ in range(4)]
    assert sorted(one.status_code for one in found) == [202, 202, 503, 503]


def test_where_both_are_without_the_gateway_s_own_words_are_passed_on(tmp_path: Path) -> None:
    with serving(503) as one, serving(503) as other, nginx(tmp_path, [one, other]) as url:
        found = httpx.post(url + MESSAGES, trust_env=False)
    assert found.status_code == 503
    assert found.content == b""
