"""Ed25519 keys: one private to sign with, some public ones that an installation trusts."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from release.wording import Refused

_HEX = re.compile(r"[0-9a-f]{64}")
_BAD = (ValueError, TypeError, UnsupportedAlgorithm)
_FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def name_of(key: Ed25519PublicKey) -> str:
    """Return the public key itself as 64 hexadecimal digits: short enough to be its name."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def read_private(path: Path) -> Ed25519PrivateKey:
    """Read the key to sign with; raise Refused where it is none, or open to others."""
    if not path.exists():
        raise Refused("key.none", path=path)
    if path.stat().st_mode & _FOR_OTHERS:
        raise Refused("key.open", path=path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except _BAD:
        key = None  # type: ignore[assignment]
    if not isinstance(key, Ed25519PrivateKey):
        raise Refused("key.broken", path=path)
    return key


def make_private(path: Path, public: Path) -> None:
    """Write a new pair of keys; the private file is never readable by others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    public.write_bytes(pem)


def read_trusted(values: Iterable[str]) -> dict[str, Ed25519PublicKey]:
    """Return the trusted keys by name; files that are not there (yet) trust nobody."""
    keys = [_trusted(value) for value in values]
    return {name_of(key): key for key in keys if key}


def _trusted(value: str) -> Ed25519PublicKey | None:
    if _HEX.fullmatch(value):
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(value))
    path = Path(value)
    if not path.exists():
        return None
    try:
        key = load_pem_public_key(path.read_bytes())
    except _BAD:
        key = None  # type: ignore[assignment]
    if not isinstance(key, Ed25519PublicKey):
        raise Refused("key.untrusted", value=value)
    return key


def is_signed(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    """Whether `signature` is that of `content` by `key`."""
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True
