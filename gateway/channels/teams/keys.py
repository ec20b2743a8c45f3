"""The public keys that sign what Microsoft sends: fetched when first needed, never at the start."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from jwt import PyJWK, PyJWTError

SECONDS = 5.0
DAY = 24 * 3600.0
# An unknown key id is looked up anew this often at most, whoever sends it; so is a failure.
PAUSE = 60.0
PAUSE_WITHOUT = 2.0
_log = logging.getLogger(__name__)


class KeysAway(Exception):
    """No keys were ever had, and they cannot be fetched now."""


class Keys:
    """The keys named by an OpenID document; `clock` gives seconds that never go back."""

    def __init__(
        self,
        url: str,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._transport = transport
        self._clock = clock
        self._keys: dict[str, tuple[PyJWK, Mapping[str, Any]]] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._one = asyncio.Lock()

    async def find(self, kid: str) -> tuple[PyJWK, Mapping[str, Any]] | None:
        """Return a key and its JSON, None where no such key is published; raise KeysAway."""
        if kid in self._keys and self._since(self._fetched_at) < DAY:
            return self._keys[kid]
        async with self._one:
            pause = PAUSE if self._keys else PAUSE_WITHOUT
            due = kid not in self._keys or self._since(self._fetched_at) >= DAY
            if due and self._since(self._tried_at) >= pause:
                await self._fetch()
        if not self._keys:
            raise KeysAway
        return self._keys.get(kid)

    def _since(self, at: float | None) -> float:
        return DAY if at is None else self._clock() - at

    async def _fetch(self) -> None:
        """Fetch all keys; where that fails, those of before are kept, if there are any."""
        self._tried_at = self._clock()
        try:
            found = await self._published()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            _log.warning("the signing keys cannot be fetched: %s", type(error).__name__)
            return
        self._keys, self._fetched_at = found, self._clock()

    async def _published(self) -> dict[str, tuple[PyJWK, Mapping[str, Any]]]:
        async with httpx.AsyncClient(timeout=SECONDS, transport=self._transport) as client:
            document = (await client.get(self._url)).raise_for_status().json()
            listed = (await client.get(document["jwks_uri"])).raise_for_status().json()["keys"]
        found: dict[str, tuple[PyJWK, Mapping[str, Any]]] = {}
        for one in listed:
            # What is of another kind can sign nothing here, whatever a token says of itself.
            if one.get("kty") == "RSA" and one.get("use", "sig") == "sig" and one.get("kid"):
                key = _read(one)
                found |= {str(one["kid"]): (key, one)} if key else {}
        if not found:
            raise ValueError("no keys")
        return found


def _read(one: Mapping[str, Any]) -> PyJWK | None:
    try:
        return PyJWK({**one, "alg": "RS256"})
    except PyJWTError:
        return None
