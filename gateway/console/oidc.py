"""A login by OpenID Connect: the code flow with PKCE; tokens are checked by PyJWT.

What a login needs between its two halves (state, nonce, verifier) is kept by the browser in a
signed cookie, so that any gateway can finish it; the provider's secret never leaves the server.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt

from gateway.console.oidc_settings import OidcSettings

SECONDS = 5.0
LEEWAY_SECONDS = 30
MOST_NAME = 64
ALGORITHMS = ["RS256", "PS256", "ES256"]
_REQUIRED = ["exp", "iat", "iss", "aud", "sub"]


class ProviderAway(Exception):
    """The provider does not answer, or not as it should."""


class NotProven(Exception):
    """What came back does not prove who somebody is."""


class NotAllowed(Exception):
    """The provider vouches for somebody who may not use the console."""


@dataclass(frozen=True)
class Begun:
    """A login that was sent to the provider; `where` is the page to go on to."""

    state: str
    nonce: str
    verifier: str
    where: str

    def to_text(self) -> str:
        """Return it as it is kept."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Begun | None:
        """Return what was kept; None where that is nothing of ours."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None


def begin(where: str) -> Begun:
    """Return a new login."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Begun(state, nonce, verifier, where)


class Provider:
    """Speaks with the provider; `transport` replaces the network in tests."""

    def __init__(
        self, settings: OidcSettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._known: dict[str, Any] = {}

    async def address(self, begun: Begun, back: str) -> str:
        """Return where the browser is sent; raise ProviderAway."""
        known = await self._discovered()
        digest = hashlib.sha256(begun.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": back,
            "scope": "openid email profile",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in known["authorization_endpoint"] else "?"
        return f"{known['authorization_endpoint']}{joint}{urlencode(asked)}"

    async def who(self, begun: Begun, code: str, back: str) -> tuple[str, str]:
        """Return name and role of who came back; raise ProviderAway, NotProven or NotAllowed."""
        known = await self._discovered()
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": back,
                 "code_verifier": begun.verifier}  # fmt: skip
        mine = httpx.BasicAuth(self._settings.client_id, self._settings.client_secret)
        async with self._http() as http:
            try:
                answer = await http.post(known["token_endpoint"], data=asked, auth=mine)
            except httpx.HTTPError:
                raise ProviderAway from None
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise ProviderAway
        try:
            token = str(answer.json()["id_token"])
        except (ValueError, KeyError, TypeError):
            raise NotProven from None
        return self._allowed(await self._read(token, begun))

    async def _read(self, token: str, begun: Begun) -> dict[str, Any]:
        """Return what a token says, once everything about it is right."""
        known = await self._discovered()
        try:
            key = await self._key(jwt.get_unverified_header(token).get("kid"))
            found: dict[str, Any] = jwt.decode(
                token, key, algorithms=ALGORITHMS, audience=self._settings.client_id,
                issuer=known["issuer"], leeway=LEEWAY_SECONDS,
                options={"require": _REQUIRED},
            )  # fmt: skip
        except jwt.PyJWTError:
            raise NotProven from None
        party = found.get("azp", self._settings.client_id)
        if found.get("nonce") != begun.nonce or party != self._settings.client_id:
            raise NotProven
        return found

    async def _key(self, id: str | None) -> jwt.PyJWK:
        known = await self._discovered()
        keys = jwt.PyJWKSet.from_dict(await self._get(known["jwks_uri"])).keys
        found = [key for key in keys if id is None or key.key_id == id]
        if len(found) != 1:
            raise NotProven
        return found[0]

    def _allowed(self, found: dict[str, Any]) -> tuple[str, str]:
        claim = found.get(self._settings.claim)
        values = [str(one) for one in (claim if isinstance(claim, list) else [claim]) if one]
        verified = found.get("email_verified") is True
        if self._settings.claim == "email" and not verified:
            raise NotAllowed
        role = self._settings.role(values)
        # Whatever else people may call themselves could be somebody else's name.
        name = str((verified and found.get("email")) or found["sub"])
        if role is None or len(name) > MOST_NAME:
            raise NotAllowed
        return name, role

    async def _discovered(self) -> dict[str, Any]:
        if not self._known:
            found = await self._get(f"{self._settings.issuer}/.well-known/openid-configuration")
            ends = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if str(found.get("issuer", "")).rstrip("/") != self._settings.issuer or not all(
                isinstance(found.get(end), str) for end in ends
            ):
                raise ProviderAway
            self._known = found
        return self._known

    async def _get(self, url: str) -> dict[str, Any]:
        async with self._http() as http:
            try:
                answer = await http.get(url)
                answer.raise_for_status()
                return dict(answer.json())
            except (httpx.HTTPError, ValueError, TypeError):
                raise ProviderAway from None

    def _http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=SECONDS, trust_env=False, transport=self._transport)
