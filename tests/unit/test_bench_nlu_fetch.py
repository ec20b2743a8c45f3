"""Fetching public sets: from a server of ours, with conversions, and never a wrong file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests
from pytest_socket import enable_socket

from benchmarks.nlu.fetch import WrongData, check, fetch, read_sources

PAGES = {
    "/me/sets/abc/data/train.csv": b"text,category\nMy card!,card\nWhere is my  PIN?,pin\n",
    "/me/sets/abc/split/five/seq.in": b"where is my pin?\nmy card!\n",
    "/me/sets/abc/split/five/label": b"pin\ncard\n",
    "/me/sets/abc/split/a.md": "## intent:oi\n- Olá [tais](nome)\n- olá tais\n- a\n- b\n- c\n- d\n"
    "## synonym:x\n- nada\n## intent:few\n- e\n".encode(),
}
ROWS = json.dumps({"five": [1, 0]}).encode()
PAIRS = b"pin\twhere is my pin?\ncard\tmy card!\n"
LINES = (
    b'{"split": "five", "label": "pin", "text": "where is my pin?"}\n'
    b'{"split": "five", "label": "card", "text": "my card!"}\n'
)
INTENTS = "".join(
    json.dumps({"intent": "oi", "text": text}, ensure_ascii=False) + "\n"
    for text in ("Olá tais", "a", "b", "c", "d")
).encode()


def entry(path: str, way: str, folder: str, part: str, content: bytes, **more: str) -> dict:
    return {
        "path": path, "repository": "sets", "way": way, "folder": folder, "parts": [part],
        "sha256": hashlib.sha256(content).hexdigest(), **more,
    }  # fmt: skip


TRAIN = entry("b/train.csv", "copy", "data", "train.csv", PAGES["/me/sets/abc/data/train.csv"])
FILES = {
    "copy": (TRAIN, PAGES["/me/sets/abc/data/train.csv"]),
    "rows": (entry("b/i.json", "rows", "split", "five", ROWS, rows_of="b/train.csv"), ROWS),
    "tsv": (entry("h/five.tsv", "tsv", "split", "five", PAIRS), PAIRS),
    "jsonl": (entry("c/x.jsonl", "jsonl", "split", "five", LINES), LINES),
    "rasa_markdown": (entry("t/t.jsonl", "rasa_markdown", "split", "a", INTENTS), INTENTS),
}


def sources(*entries: dict) -> dict:
    return {"repositories": {"sets": {"name": "me/sets", "commit": "abc"}}, "files": entries}


class Server(ThreadingHTTPServer):
    """Serves PAGES and remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Page)


class Page(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200 if self.path in PAGES else 404)
        self.end_headers()
        self.wfile.write(PAGES.get(self.path, b""))

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(no_network: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    enable_socket()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made = Server()
    Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.mark.parametrize("way", FILES)
def test_each_way_of_converting(way, address, tmp_path):
    wanted, content = FILES[way]
    fetch(tmp_path, sources(TRAIN, wanted), address)
    assert (tmp_path / wanted["path"]).read_bytes() == content
    check(tmp_path, sources(TRAIN, wanted))


def test_a_wrong_checksum_is_said_and_nothing_is_written(address, tmp_path):
    wrong = {**TRAIN, "sha256": "0" * 64}
    with pytest.raises(WrongData, match="train.csv: SHA-256 is .*, expected 0000"):
        fetch(tmp_path, sources(wrong), address)
    assert not (tmp_path / "b/train.csv").exists()


def test_a_missing_page_is_an_error(address, tmp_path):
    with pytest.raises(requests.HTTPError):
        fetch(tmp_path, sources({**TRAIN, "parts": ["gone.csv"]}), address)


def test_what_is_right_is_not_fetched_again(server, address, tmp_path):
    fetch(tmp_path, sources(TRAIN), address)
    server.asked.clear()
    fetch(tmp_path, sources(TRAIN), address)
    assert server.asked == []


def test_a_spoilt_file_is_fetched_anew(server, address, tmp_path):
    fetch(tmp_path, sources(TRAIN), address)
    (tmp_path / "b/train.csv").write_text("spoilt")
    fetch(tmp_path, sources(TRAIN), address)
    check(tmp_path, sources(TRAIN))


@pytest.mark.parametrize("content", [None, b"other"])
def test_a_folder_without_the_right_files_is_refused(content, tmp_path):
    if content:
        (tmp_path / "b").mkdir()
        (tmp_path / "b/train.csv").write_bytes(content)
    with pytest.raises(WrongData, match="b/train.csv"):
        check(tmp_path, sources(TRAIN))


def test_every_source_has_a_commit_and_every_file_a_checksum():
    found = read_sources()
    assert all(len(place["commit"]) == 40 for place in found["repositories"].values())
    assert all(len(one["sha256"]) == 64 for one in found["files"])
    assert {one["repository"] for one in found["files"]} == set(found["repositories"])
    assert Path(found["files"][0]["path"]).parts[0] == "banking77"
