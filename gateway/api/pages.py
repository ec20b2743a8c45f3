"""The widget's files, which any allowed site embeds, and the demo page that does so."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route, request_response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from gateway.api.auth import WithServices
from gateway.packing import Packed, pack_modules, pack_styles

router = APIRouter(include_in_schema=False)

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
_NOT_SERVED = {"tests", "node_modules"}
# "no-cache" lets a browser keep a file, but ask before each use.
_HEADERS = {"Cache-Control": "no-cache"}
_EMBEDDED = {**_HEADERS, "Cross-Origin-Resource-Policy": "cross-origin"}
COMPRESSED_FROM_BYTES = 500


@router.api_route("/", methods=["GET", "HEAD"])
async def page(parts: WithServices, request: Request) -> Response:
    """Return the demo page, a host page with the widget's one line in it."""
    files = StaticFiles(directory=parts.settings.widget_dir)
    response = await files.get_response("index.html", request.scope)
    response.headers.update(_HEADERS)
    return response


def _route(path: str, file: Packed) -> Route:
    async def serve(request: Request) -> Response:
        text = file.text()
        tag = f'"{sha256(text.encode()).hexdigest()[:32]}"'
        headers = {**_EMBEDDED, "ETag": tag, "Content-Type": _TYPES[PurePosixPath(path).suffix]}
        if tag in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        return Response(text, headers=headers)

    compressed = GZipMiddleware(request_response(serve), minimum_size=COMPRESSED_FROM_BYTES)
    return Route(path, compressed, methods=["GET", "HEAD"], include_in_schema=False)


class WidgetFiles(StaticFiles):
    """Serves what browsers need of the widget's folder, and nothing else that lies there."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file at `path`, 304 where the browser has it; raise 404 for all else."""
        found = PurePosixPath(path)
        hidden = any(part in _NOT_SERVED or part.startswith(".") for part in found.parts)
        if hidden or found.suffix not in _TYPES:
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        response.headers.update(_EMBEDDED)
        if response.status_code < 300:
            response.headers["Content-Type"] = _TYPES[found.suffix]
        return response


def mount_widget(app: FastAPI, folder: Path) -> None:
    """Serve the widget packed, and the files of its folder under /widget/.

    Compressed where the browser can read that.
    """
    script = Packed(folder, partial(pack_modules, folder / "widget.js"))
    styles = Packed(folder, partial(pack_styles, folder / "styles"))
    for path, file in (("/widget.js", script), ("/widget.css", styles)):
        app.router.routes.append(_route(path, file))
    files = WidgetFiles(directory=folder)
    app.mount("/widget", GZipMiddleware(files, minimum_size=COMPRESSED_FROM_BYTES), name="widget")
