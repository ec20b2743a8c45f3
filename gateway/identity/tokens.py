"""Signed tokens of a session: one kind opens its conversation, the other only renews."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from ulid import ULID

# The purpose is signed along, so that neither kind passes for the other.
_OPENS = "omni.session.v2"
_RENEWS = "omni.renewal.v1"


@dataclass(frozen=True)
class Opened:
    """What a valid session token says: a session, and the renewal that it came with."""

    session: str
    generation: int
    expires_at: datetime


@dataclass(frozen=True)
class Renewing:
    """What a valid renewal token says: a session, and which of its renewals this is."""

    session: str
    generation: int


class Tokens:
    """Makes and reads both kinds. `clock` gives seconds since 1970."""

    def __init__(
        self,
        secret: str,
        token_minutes: int = 60,
        renewal_days: int = 30,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.lifetime = timedelta(minutes=token_minutes)
        self._renewal_lifetime = timedelta(days=renewal_days)
        self._clock = clock
        self._opens = _serializer(secret, _OPENS, clock)
        self._renews = _serializer(secret, _RENEWS, clock)

    def issue(self, session: str, generation: int) -> str:
        """Return a token that opens the conversation of `session`, a ULID."""
        return str(self._opens.dumps([session, generation]))

    def issue_renewal(self, session: str, generation: int) -> str:
        """Return the renewal token of that generation."""
        return str(self._renews.dumps([session, generation]))

    def read(self, token: str) -> Opened | None:
        """Return what a session token says, or None if it is not valid or too old."""
        match self._load(self._opens, token, self.lifetime):
            case ([str(session), int(generation)], signed_at) if _is_ulid(session):
                return Opened(session, generation, signed_at + self.lifetime)
        return None

    def read_renewal(self, token: str) -> Renewing | None:
        """Return what a renewal token says, or None if it is not valid or too old."""
        found = self._load(self._renews, token, self._renewal_lifetime)
        match found:
            case ([str(session), int(generation)], _) if _is_ulid(session):
                return Renewing(session, generation)
        return None

    def _load(
        self, serializer: URLSafeTimedSerializer, token: str, lifetime: timedelta
    ) -> tuple[Any, datetime] | None:
        try:
            value, signed_at = serializer.loads(token, return_timestamp=True)
        except (BadData, ValueError):
            return None
        # Also one from our future: another gateway's clock is ahead, or this one's was set back.
        age = abs(int(self._clock()) - signed_at.timestamp())
        return (value, signed_at) if age <= lifetime.total_seconds() else None


class _Signer(TimestampSigner):
    def __init__(self, *args: Any, clock: Callable[[], float], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clock = clock

    def get_timestamp(self) -> int:
        return int(self._clock())


def _serializer(secret: str, salt: str, clock: Callable[[], float]) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        secret,
        salt=salt,
        signer=_Signer,
        signer_kwargs={
            "clock": clock,
            "key_derivation": "hmac",
            "digest_method": hashlib.sha256,
        },
    )


def _is_ulid(value: object) -> bool:
    try:
        return isinstance(value, str) and str(ULID.from_str(value)) == value
    except ValueError:
        return False


def read_or_create_secret(path: Path) -> str:
    """Return the secret in `path`; where there is none, write a random one that only we read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_text(encoding="ascii").strip()
    else:
        secret = secrets.token_urlsafe(48)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secret)
    if not secret:
        raise ValueError(f"{path}: o segredo está vazio; apague o arquivo para gerar outro")
    return secret
