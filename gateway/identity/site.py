"""The tokens that a site with its own login signs for its people (JWT, RFC 7519)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

ALGORITHM = "HS256"
MAX_LIFETIME_SECONDS = 600
LEEWAY = timedelta(seconds=30)
MAX_CLAIM = 255
_REQUIRED = ["exp", "iat", "aud", "sub", "jti"]


class BadIdentity(Exception):
    """The site's token proves nothing; why is nobody's business but the site's."""


@dataclass(frozen=True)
class Person:
    """Someone the site vouched for; both hashes are of 64 hexadecimal digits.

    `subject_hash` stays the same for the same person, and does not say who it is; `token_hash`
    is the token's own, which works once, until `expires_at`.
    """

    subject_hash: str
    token_hash: str
    expires_at: datetime


class SiteLogin:
    """Reads the tokens of one site: `keys` by key id, `audience` as the site writes it.

    `secret` keeps the hashes of subjects from being guessed; with another one, everybody is new.
    """

    def __init__(self, keys: Mapping[str, str], audience: str, secret: str) -> None:
        self._keys = keys
        self._audience = audience
        self._hash_key = hmac.digest(secret.encode(), b"omni.subject.v1", "sha256")

    def read(self, token: str) -> Person:
        """Return whom `token` names; raise BadIdentity for whatever else it is."""
        try:
            claims = self._claims(token)
            lifetime = claims["exp"] - claims["iat"]
            subject, id = claims["sub"], claims["jti"]
            expires_at = datetime.fromtimestamp(claims["exp"], UTC) + LEEWAY
        # Numbers of any size and texts that no UTF-8 holds get through JSON, and fail later.
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, ArithmeticError) as error:
            raise BadIdentity(type(error).__name__) from error
        fits = all(isinstance(one, str) and 1 <= len(one) <= MAX_CLAIM for one in (subject, id))
        if not fits or not 0 < lifetime <= MAX_LIFETIME_SECONDS:
            raise BadIdentity("claims")
        token_hash = hashlib.sha256(self._of_site(id)).hexdigest()
        return Person(self._subject_hash(subject), token_hash, expires_at)

    def _claims(self, token: str) -> dict[str, Any]:
        key = self._keys[jwt.get_unverified_header(token)["kid"]]
        found: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=self._audience,
            leeway=LEEWAY,
            options={"require": _REQUIRED},
        )
        return found

    def _subject_hash(self, subject: str) -> str:
        return hmac.new(self._hash_key, self._of_site(subject), "sha256").hexdigest()

    def _of_site(self, value: str) -> bytes:
        # As JSON, so that no two pairs read the same.
        return json.dumps([self._audience, value]).encode("ascii")
