"""Somebody with a browser: keeps cookies, and takes the token of a form from its page."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx
from fastapi import FastAPI

ORIGIN = "http://gateway"
PASSWORD = "uma senha de teste"
_FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Person:
    """Asks the gateway as a browser does."""

    def __init__(self, app: FastAPI) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(transport=transport, base_url=ORIGIN)

    async def __aenter__(self) -> Person:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def get(self, path: str = "", **query: Any) -> httpx.Response:
        return await self.http.get(f"/treinador{path}", params=query or None)

    async def post(
        self, path: str, form: dict[str, Any] | None = None, csrf: str | None = None,
        origin: str | None = ORIGIN,
    ) -> httpx.Response:  # fmt: skip
        """Send a form with the session's token; `csrf` and `origin` may be others, or none."""
        token = await self.token() if csrf is None else csrf
        headers = {"Origin": origin} if origin else {}
        data = {**({"csrf": token} if token else {}), **(form or {})}
        return await self.http.post(f"/treinador{path}", data=data, headers=headers)

    async def token(self) -> str:
        """Return the token that this session's pages have."""
        page = await self.get("/historico")
        return self.fields(page.text).get("csrf", "") if page.status_code == 200 else ""

    async def etag(self, path: str, mark: str = "") -> str:
        """Return the etag that stands first in a page, behind `mark`."""
        text = (await self.get(path)).text
        found = re.search(r'name="etag" value="(\w*)"', text[text.index(mark) :])
        assert found, text
        return found[1]

    async def log_in(self, name: str, password: str = PASSWORD, para: str = "") -> httpx.Response:
        page = await self.get("/entrar", **({"para": para} if para else {}))
        fields = self.fields(page.text)
        form = {"nome": name, "senha": password, "para": fields.get("para", "")}
        return await self.post("/entrar", form, csrf=fields.get("csrf", ""))

    @staticmethod
    def fields(text: str) -> dict[str, str]:
        """Return the hidden fields of a page, the first of each name."""
        found: dict[str, str] = {}
        for name, value in _FIELD.findall(text):
            found.setdefault(name, unescape(value))
        return found
