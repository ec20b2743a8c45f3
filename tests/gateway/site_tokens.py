"""Tokens as a site with its own login signs them, and as others would like to."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from uuid import uuid4

import jwt

KEYS = {
    "2025a": "chave do site, de ao menos trinta e dois",
    "2025b": "a chave seguinte, para o rodízio",
}
AUDIENCE = "omni-atendimento"


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a good token with `changes`; a claim changed to None is left out."""
    now = int(time.time())
    good = {"aud": AUDIENCE, "sub": "pessoa-7", "jti": str(uuid4()), "iat": now, "exp": now + 300}
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(kid: str | None = "2025a", key: str | None = None, **changes: Any) -> str:
    """Return a token signed with the key of `kid`, or with `key`."""
    headers = {} if kid is None else {"kid": kid}
    return jwt.encode(claims(**changes), key or KEYS.get(kid or "", KEYS["2025a"]), headers=headers)


def raw(header: Any, payload: Any, key: str = KEYS["2025a"]) -> str:
    """Return a token with exactly that header, and signed by HS256 whatever the header says."""
    parts = ".".join(_base64(_json(part)) for part in (header, payload))
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return f"{parts}.{_base64(signature.sign(parts.encode(), key.encode()))}"


def _json(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
