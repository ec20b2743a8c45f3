"""A site of another origin that embeds the widget by the one line, under a strict policy."""

from __future__ import annotations

import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

FOLDER = Path(__file__).resolve().parent / "host"
TYPES = {".css": "text/css", ".js": "text/javascript"}
# As docs/widget.md says it: script-src and connect-src of the gateway, and nothing unsafe. Trusted
# types are more than is asked for: whatever parses HTML or makes a script of a text is reported.
POLICY = (
    "default-src 'none'; script-src 'self' {gateway}; connect-src {gateway}; style-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)


class HostSite:
    """Serves host/page.html. The query steers it: `data-*` go into the tag, `css` names a sheet,
    `before` a script that comes first, `tags` how often the line is there, and `csp=none` leaves
    the policy out.
    """

    def __init__(self) -> None:
        self.gateway = ""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        """Another site than the gateway's, not only another port."""
        return f"http://localhost:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def page(self, query: dict[str, str]) -> str:
        """Return the page's HTML."""
        data = {name: value for name, value in query.items() if name.startswith("data-")}
        words = "".join(f' {name}="{escape(value)}"' for name, value in data.items())
        line = f'<script type="module" src="{self.gateway}/widget.js"{words}></script>'
        before = query.get("before")
        first = f'<script src="/{escape(before)}.js"></script>' if before else ""
        html = (FOLDER / "page.html").read_text(encoding="utf-8")
        html = html.replace("{css}", escape(query.get("css", "plain")))
        return html.replace("{widget}", first + line * int(query.get("tags", "1")))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                file = FOLDER / parts.path.lstrip("/")
                if parts.path == "/":
                    policy = None if query.get("csp") == "none" else POLICY
                    self._send("text/html", site.page(query).encode(), policy)
                elif parts.path == "/favicon.ico":
                    self._send("image/png", b"")
                elif file.suffix in TYPES and file.is_file():
                    self._send(TYPES[file.suffix], file.read_bytes())
                else:
                    self.send_error(404)

            def _send(self, kind: str, body: bytes, policy: str | None = None) -> None:
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                if policy:
                    filled = policy.format(gateway=site.gateway)
                    self.send_header("Content-Security-Policy", filled)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
