"""The console's cookies, signed, and the tokens that each of its forms carries."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

SESSION, VISIT, FLOW = "omni_treinador", "omni_treinador_entrada", "omni_treinador_conta"
PATH = "/treinador"
_VISIT_SECONDS, _FLOW_SECONDS = 3600, 600


class Keys:
    """Signs what browsers keep; a form's token belongs to a person, or to a visit before it."""

    def __init__(self, secret: str, hours: int) -> None:
        self._secret = hashlib.sha256(f"omni.console.v1:{secret}".encode()).digest()
        self._signed = URLSafeTimedSerializer(
            self._secret,
            salt="omni.console.cookie",
            signer_kwargs={"digest_method": hashlib.sha256},
        )
        self._lives = {SESSION: hours * 3600, VISIT: _VISIT_SECONDS, FLOW: _FLOW_SECONDS}

    def read(self, request: Request, name: str) -> str:
        """Return what a cookie of ours says; "" where it is missing, forged or too old."""
        try:
            found = self._signed.loads(request.cookies.get(name, ""), max_age=self._lives[name])
        except (BadData, ValueError):
            return ""
        kind, _, value = str(found).partition(":")
        return value if kind == name else ""

    def give(self, request: Request, response: Response, name: str, value: str) -> None:
        """Set a cookie: for our own pages, not for scripts, not for other sites."""
        response.set_cookie(
            name,
            str(self._signed.dumps(f"{name}:{value}")),
            max_age=self._lives[name],
            path=PATH,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )

    def take(self, response: Response, name: str) -> None:
        """Take a cookie away."""
        response.delete_cookie(name, path=PATH, httponly=True, samesite="lax")

    def token(self, owner: str) -> str:
        """Return the token of the forms of a person, or of a visit before the login."""
        return hmac.new(self._secret, f"form:{owner}".encode(), hashlib.sha256).hexdigest()

    def is_token(self, owner: str, token: str) -> bool:
        """Whether a token belongs to that owner."""
        return bool(owner) and hmac.compare_digest(self.token(owner).encode(), token.encode())


def new_visit() -> str:
    """Return an id for who has not logged in yet."""
    return secrets.token_urlsafe(16)
