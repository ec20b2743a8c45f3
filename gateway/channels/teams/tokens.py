"""Who sends an activity: the token of the Bot Connector, checked more strictly than the SDK does.

microsoft-agents-hosting-core 1.9.0 (authorization/jwt/jwt_token_validator.py) pins RS256 and the
audience, but accepts a token without expiry or of any issuer (VALIDATE_ISSUER is off; on, it lets
Entra's in too), allows five minutes' leeway, only warns where the service URL is another host, ends
with a KeyError (500) where the key id is missing, looks for keys at addresses that no setting
changes, and knows nothing of tenants and endorsements.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import jwt

from gateway.channels.teams.incoming import Incoming
from gateway.channels.teams.keys import Keys
from gateway.channels.teams.settings import TeamsSettings

LEEWAY_SECONDS = 60
MAX_TOKEN = 8192
Claims = Mapping[str, Any]


class Refused(Exception):
    """The request is not the Bot Connector's, or not for us; `status` is 401 or 403."""

    def __init__(self, reason: str, status: int = 401) -> None:
        super().__init__(reason)
        self.status = status


class Tokens:
    """Checks the token of a request, and that the activity is what it speaks for."""

    def __init__(self, settings: TeamsSettings, keys: Keys) -> None:
        self._settings = settings
        self._keys = keys

    async def check(self, header: str | None, incoming: Incoming) -> Claims:
        """Return the claims of the token in an Authorization header.

        Raises Refused, or KeysAway where nothing can be checked now.
        """
        token = _bearer(header)
        key, published = await self._key(token)
        claims = self._claims(token, key)
        self._check_activity(claims, published, incoming)
        return claims

    async def _key(self, token: str) -> tuple[jwt.PyJWK, Claims]:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise Refused("no token") from error
        kid = header.get("kid")
        # Before any key is looked for: what asks for another algorithm is not theirs.
        if header.get("alg") != "RS256" or not isinstance(kid, str) or not kid:
            raise Refused("algorithm or key id")
        found = await self._keys.find(kid)
        if found is None:
            raise Refused("unknown key")
        return found

    def _claims(self, token: str, key: jwt.PyJWK) -> Claims:
        try:
            claims: Claims = jwt.decode(
                token,
                key=key,
                algorithms=["RS256"],
                audience=self._settings.app_id,
                issuer=self._settings.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "nbf", "iss", "aud"], "strict_aud": True},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Refused(type(error).__name__) from error
        return claims

    def _check_activity(self, claims: Claims, published: Claims, incoming: Incoming) -> None:
        claimed = claims.get("serviceurl") or claims.get("serviceUrl")
        if not isinstance(claimed, str) or not _same(claimed, incoming.service_url):
            raise Refused("service URL", 403)
        if _origin(claimed) != _origin(self._settings.service_url):
            raise Refused("service URL of another host", 403)
        endorsed = published.get("endorsements")
        if isinstance(endorsed, list) and incoming.channel_id not in endorsed:
            raise Refused("endorsement", 403)
        if incoming.channel_id != "msteams":
            raise Refused("channel", 403)
        if not incoming.tenants or not incoming.tenants <= self._settings.allowed_tenants:
            raise Refused("tenant", 403)


def _bearer(header: str | None) -> str:
    kind, _, token = (header or "").partition(" ")
    if kind.lower() != "bearer" or not token or len(token) > MAX_TOKEN or not token.isascii():
        raise Refused("no token")
    return token


def _same(claimed: str, given: str) -> bool:
    return claimed.rstrip("/") == given.rstrip("/")


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    try:
        parts = urlsplit(url)
        login = parts.username is not None or parts.password is not None
        return None if login else (parts.scheme, parts.hostname, parts.port)
    except ValueError:
        return None
