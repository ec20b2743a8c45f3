"""Signed tokens that bind a browser to one conversation."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer
from ulid import ULID

MAX_AGE_SECONDS = 30 * 24 * 3600
_SALT = "omni.session.v1"


class Tokens:
    """Makes and reads session tokens."""

    def __init__(self, secret: str, max_age: int = MAX_AGE_SECONDS) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt=_SALT)
        self._max_age = max_age

    def issue(self, conversation: str) -> str:
        """Return a token for `conversation`, a ULID."""
        return str(self._serializer.dumps(conversation))

    def conversation(self, token: str) -> str | None:
        """Return the conversation that `token` was issued for, or None if it is not valid."""
        try:
            found = self._serializer.loads(token, max_age=self._max_age)
            return str(ULID.from_str(str(found)))
        except (BadData, ValueError):
            return None


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
