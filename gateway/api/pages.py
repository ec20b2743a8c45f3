"""The chat page and its files."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse
from starlette.staticfiles import StaticFiles

from gateway.api.auth import WithServices

router = APIRouter(include_in_schema=False)


@router.get("/")
async def page(parts: WithServices) -> FileResponse:
    """Return the chat page."""
    return FileResponse(parts.settings.widget_dir / "index.html")


def mount_static(app: FastAPI, folder: Path) -> None:
    """Serve the page's files under /static/."""
    app.mount("/static", StaticFiles(directory=folder), name="static")
