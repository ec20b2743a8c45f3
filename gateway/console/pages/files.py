"""The console's own style sheet and script."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

router = APIRouter(prefix="/treinador")
_FOLDER = Path(__file__).parents[1] / "static"
_HEADERS = {"Cache-Control": "no-cache"}


@router.get("/arquivos/console.css")
async def styles(request: Request) -> Response:
    """Return the style sheet; anybody may, since the login page needs it."""
    return _file(request, "console.css", "text/css; charset=utf-8")


@router.get("/arquivos/console.js")
async def script(request: Request) -> Response:
    """Return the script; every page works without it."""
    return _file(request, "console.js", "text/javascript; charset=utf-8")


def _file(request: Request, name: str, kind: str) -> Response:
    content = _read(name)
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {**_HEADERS, "ETag": tag}
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=kind, headers=headers)


@lru_cache
def _read(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
