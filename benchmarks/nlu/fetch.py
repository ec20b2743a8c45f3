"""Fetches the public sets at fixed commits, and checks what lies in a folder of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
import yaml

from benchmarks.nlu.convert import convert, needed

SOURCES = Path(__file__).with_name("sources.yml")
# A mirror with the same paths: <address>/<owner>/<name>/<commit>/<path>.
ADDRESS = os.environ.get("OMNI_BENCH_SOURCE", "https://raw.githubusercontent.com")
SECONDS = 60


class WrongData(Exception):
    """A file is missing or is not the one that the figures were measured on."""


def read_sources() -> dict[str, Any]:
    """Return the manifest: `repositories` by name, and `files`."""
    return dict(yaml.safe_load(SOURCES.read_text(encoding="utf-8")))


def check(folder: Path, sources: Mapping[str, Any]) -> None:
    """Raise WrongData naming the first file of `folder` that is missing or differs."""
    for entry in sources["files"]:
        path = folder / entry["path"]
        if not path.is_file():
            raise WrongData(f"{path} is missing")
        _check(path, path.read_bytes(), entry["sha256"])


def fetch(folder: Path, sources: Mapping[str, Any], address: str = ADDRESS) -> None:
    """Fill `folder`; files that are already right stay.

    Raises WrongData where a checksum differs, requests.RequestException where the network fails;
    a wrong file is never written.
    """
    for entry in sources["files"]:
        path = folder / entry["path"]
        if path.is_file() and _sha256(path.read_bytes()) == entry["sha256"]:
            continue
        print(f"fetching {entry['path']}", flush=True)
        place = sources["repositories"][entry["repository"]]
        base = f"{address}/{place['name']}/{place['commit']}"
        content = convert(entry, {p: _get(f"{base}/{p}") for p in needed(entry)}, folder)
        _check(path, content, entry["sha256"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _get(url: str) -> bytes:
    answer = requests.get(url, timeout=SECONDS)
    answer.raise_for_status()
    return answer.content


def _check(path: Path, content: bytes, expected: str) -> None:
    found = _sha256(content)
    if found != expected:
        raise WrongData(f"{path}: SHA-256 is {found}, expected {expected}")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
