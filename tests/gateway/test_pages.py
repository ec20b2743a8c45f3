"""The demo page and the widget's files, as a browser on any site asks for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from gateway.app import create_app
from gateway.settings import Settings

WIDGET = Path(__file__).resolve().parents[2] / "widget"
SERVED = sorted(
    str(file.relative_to(WIDGET))
    for kind in ("js", "css", "svg")
    for file in WIDGET.rglob(f"*.{kind}")
    if "tests" not in file.parts
)
TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}


async def test_every_file_has_its_type_and_may_be_embedded(http: httpx.AsyncClient) -> None:
    assert SERVED
    for file in SERVED:
        response = await http.get(f"/widget/{file}")
        assert response.status_code == 200, file
        assert response.text == (WIDGET / file).read_text(encoding="utf-8")
        assert response.headers["Content-Type"].partition(";")[0] == TYPES[file.rpartition(".")[2]]
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-cache"


async def test_an_unchanged_file_is_not_sent_again(http: httpx.AsyncClient) -> None:
    for path in ("/", "/widget/widget.js"):
        first = await http.get(path)
        again = await http.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (await http.get(path, headers={"If-None-Match": '"x"'})).status_code == 200


async def test_files_are_compressed_for_who_can_read_that(http: httpx.AsyncClient) -> None:
    plain = await http.get("/widget/widget.js", headers={"Accept-Encoding": "identity"})
    small = await http.get("/widget/widget.js", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["Vary"] == plain.headers["Vary"]
    assert small.text == plain.text


@pytest.mark.parametrize("path", ["/widget.js", "/widget.css"])
async def test_the_packed_widget_may_be_embedded_and_kept(
    http: httpx.AsyncClient, path: str
) -> None:
    first = await http.get(path)
    assert first.headers["Content-Type"].partition(";")[0] == TYPES[path.rpartition(".")[2]]
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert first.headers["Content-Encoding"] == "gzip"
    again = await http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/widget/",
        "/widget/index.html",
        "/widget/nada.js",
        "/widget/tsconfig.json",
        "/widget/package.json",
        "/widget/tests/a.js",
        "/widget/node_modules/a.js",
        "/widget/.git/a.js",
        "/widget/%00.js",
        "/widget/..%2fgateway%2ftexts.yml",
        "/widget/..%2f..%2fwork%2fmain%2fbenchmarks%2fx.js",
        "/widget/" + "a" * 3000 + ".js",
        "/static/chat.js",
        "/index.html",
    ],
)
async def test_nothing_else_is_served(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(path)
    assert response.status_code == 404
    assert set(response.json()) == {"detail"}


@pytest.mark.parametrize("path", ["/", "/widget/widget.js", "/widget.js"])
async def test_pages_are_only_read(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.head(path)).status_code in (200, 307)
    assert (await http.post(path)).status_code == 405


async def test_the_demo_page_embeds_the_widget_under_a_strict_policy(
    http: httpx.AsyncClient,
) -> None:
    page = await http.get("/")
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.headers["Cache-Control"] == "no-cache"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors" in policy
    assert "unsafe" not in policy
    assert 'lang="pt-BR"' in page.text
    assert 'src="/widget.js"' in page.text
    for inline in ("<style", " style=", "<script>", " onclick", "javascript:"):
        assert inline not in page.text


@pytest.mark.parametrize("path", ["/widget.js", "/widget/widget.js", "/widget/nada.js"])
async def test_files_are_for_sites_on_the_allow_list(settings: Settings, path: str) -> None:
    allowed = replace(settings.access, origins=("https://crm.example",))
    transport = httpx.ASGITransport(create_app(replace(settings, access=allowed)))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        ours = await http.get(path, headers={"Origin": "https://crm.example"})
        other = await http.get(path, headers={"Origin": "https://evil.example"})
    assert ours.headers["Access-Control-Allow-Origin"] == "https://crm.example"
    assert "Origin" in ours.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in other.headers
