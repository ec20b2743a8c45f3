"""Passwords, kept as scrypt hashes with their own salt and costs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

LEAST_CHARACTERS = 10
MOST_CHARACTERS = 200
# OWASP's second choice: 32 MiB for each try, about a quarter of a second.
_N, _R, _P = 2**15, 8, 3
# What stands for the password of who comes in by a provider alone.
NO_PASSWORD = "-"  # noqa: S105 (no password has this hash)
_MEMORY = 64 * 1024 * 1024


def hashed(password: str) -> str:
    """Return what is stored of a password; raise ValueError, in Portuguese, for a poor one."""
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise ValueError(f"a senha precisa ter de {LEAST_CHARACTERS} a {MOST_CHARACTERS} letras")
    salt = os.urandom(16)
    return f"scrypt${_N}${_R}${_P}${_text(salt)}${_text(_key(password, salt, _N, _R, _P))}"


def is_right(password: str, stored: str) -> bool:
    """Whether a password is the one of a hash; it takes as long where it is not."""
    _, n, r, p, salt, key = stored.split("$")
    tried = password[: MOST_CHARACTERS + 1]
    found = _key(tried, base64.b64decode(salt), int(n), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(key))


def nobody() -> str:
    """Return a hash that no password has, to be compared where there is no such person."""
    return f"scrypt${_N}${_R}${_P}${_text(os.urandom(16))}${_text(os.urandom(32))}"


def _key(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    secret = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=n, r=r, p=p, maxmem=_MEMORY, dklen=32)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
