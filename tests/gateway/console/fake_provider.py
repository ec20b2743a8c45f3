"""An OpenID provider in this process: discovery, keys, and one token for each code."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER = "https://contas.example"
CLIENT, SECRET = "console", "segredo do cliente"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class FakeProvider:
    """Answers as a provider does; tests change `claims`, `sign` or `status` to break things."""

    def __init__(self) -> None:
        self.key = new_key()
        self.claims: dict[str, Any] = {}
        self.status = 200
        self.away = False
        self.issuer = ISSUER
        self.sign: Callable[[dict[str, Any]], str] = self._signed
        self._asked: dict[str, dict[str, str]] = {}

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def visit(self, location: str, email: str) -> dict[str, str]:
        """Let somebody log in at the provider; return what the browser brings back."""
        parts = urlsplit(location)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{ISSUER}/entrar"
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._asked)}"
        self._asked[code] = {**asked, "email": email}
        return {"code": code, "state": asked["state"]}

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("away")
        return {
            "/.well-known/openid-configuration": self._discovery,
            "/chaves": self._keys,
            "/token": self._token,
        }[request.url.path](request)

    def _discovery(self, _: httpx.Request) -> httpx.Response:
        ends = {"authorization_endpoint": "entrar", "token_endpoint": "token", "jwks_uri": "chaves"}
        found = {name: f"{ISSUER}/{path}" for name, path in ends.items()}
        return httpx.Response(200, json={"issuer": self.issuer, **found})

    def _keys(self, _: httpx.Request) -> httpx.Response:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return httpx.Response(200, json={"keys": [{**public, "kid": "k1", "use": "sig"}]})

    def _token(self, request: httpx.Request) -> httpx.Response:
        if self.status != 200:
            return httpx.Response(self.status, json={"error": "invalid_grant"})
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        asked = self._asked.pop(form["code"], None)
        mine = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or request.headers["Authorization"] != f"Basic {mine}"
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return httpx.Response(400, json={"error": "invalid_grant"})
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": CLIENT, "sub": "u1", "iat": now, "exp": now + 300,
                  "nonce": asked["nonce"], "email": asked["email"],
                  "email_verified": True, **self.claims}  # fmt: skip
        return httpx.Response(200, json={"id_token": self.sign(claims), "token_type": "Bearer"})

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key, "RS256", {"kid": "k1"})
