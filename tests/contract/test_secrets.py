"""No secret stands in the repository: keys, tokens, passwords, databases and models stay out."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_QUOTED = r"[\"']?\s*[:=]\s*[\"']([A-Za-z0-9+/_=-]{24,})[\"']"
_SCHEME = r"\b(?:postgres(?:ql)?(?:\+\w+)?|redis|amqps?|smtps?|https?)://"
SHAPES = {
    "private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z0-9+/=]{20,}",
    "Slack token": r"xox[abprs]-\d{8,}-[\w-]{10,}|xapp-\d-[A-Z0-9]{8,}-[\w-]{10,}",
    "cloud key": r"\bAKIA[0-9A-Z]{16}\b|\bAIza[\w-]{35}\b",
    "forge token": r"\bgh[pousr]_[A-Za-z0-9]{28,}|\bglpat-[\w-]{20,}|\bnpm_[A-Za-z0-9]{30,}",
    "index token": r"\bpypi-[\w-]{40,}",
    "JWT": r"\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{20,}",
    "password in an address": _SCHEME + r"[^\s:/@\"'{}$<>]*:([^\s@/\"'{}$<>]{8,})@",
    "assigned": r"(?i)\b\w*(?:secret|password|passwd|api_?key|private_?key|senha)\w*" + _QUOTED,
}
# What may look like one in the tests and the documentation says so itself.
MADE_UP = re.compile(
    r"(?i)exempl|example|teste?s?\b|password|senha|segredo|secret|x{6,}|(.)\1{7,}|0{8,}"
)
# These are never committed, whatever is in them.
NEVER = re.compile(
    r"(^|/)(var|models|secrets)/|\.(pem|key|p12|pfx|db|sqlite3?|tar\.gz|env)$|(^|/)\.env"
)
SELF = "tests/contract/test_secrets.py"


def files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return [name for name in listed.stdout.decode().split("\0") if name]


def found_in(text: str) -> list[str]:
    """Return the names of what looks like a secret."""
    return [
        f"{kind}: {match.group(0)[:60]}"
        for kind, shape in SHAPES.items()
        for match in re.finditer(shape, text)
        if not MADE_UP.search(match.group(match.lastindex or 0))
    ]


def test_no_file_holds_one() -> None:
    faults = []
    for name in files():
        path = ROOT / name
        if (
            path.is_symlink()
            or not path.is_file()
            or name.startswith("requirements/")
            or name == SELF
        ):
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        faults += [f"{name}: {one}" for one in found_in(text)]
    assert faults == []


def test_no_file_is_one() -> None:
    assert len(files()) > 500
    assert [name for name in files() if NEVER.search(name)] == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDo",
        "OMNI_SLACK_BOT_TOKEN=xo" + "xb-123456789012-abcdefghijkl",
        "postgresql://omni:h7Gk2mQ9@10.0.0.1/omni",
        "redis://:h7Gk2mQ9@10.0.0.1/1",
        'SECRET_KEY = "q8Zt1LkP0vX3bN7mR5wY2cE4"',
        "site_secret: 'q8Zt1LkP0vX3bN7mR5wY2cE4'",
        "gh" + "p_q8Zt1LkP0vX3bN7mR5wY2cE4aaaaB",
    ],
)
def test_one_would_be_found(text: str) -> None:
    assert found_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://user:password@host/name",
        "smtp://user:password@host",
        "postgresql://omni:{self.password}@127.0.0.1",
        "OMNI_SECRET_FILE: /run/secrets/gateway_secret",
    ],
)
def test_what_is_none_is_left_alone(text: str) -> None:
    assert found_in(text) == []
