"""Start the gateway: `.venv-gateway/bin/python -m gateway`."""

from __future__ import annotations

import os
import socket
import sys

import uvicorn
from fastapi import FastAPI

from gateway import logs
from gateway.app import create_app
from gateway.settings import Settings

# Streams say goodbye at once; this is for what else is under way.
GRACE_SECONDS = 5


class Server(uvicorn.Server):
    """Uvicorn, which tells the streams to end before it waits for all requests to do so."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._services = app.state.services

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop taking connections, end the streams, let requests end, then stop the services."""
        self._services.drain()
        await super().shutdown(sockets)


def main() -> None:
    """Serve until stopped; exit with one clear line where settings, store or port fail."""
    logs.configure(as_json=os.environ.get("OMNI_LOGS") == "json")
    try:
        settings = Settings.from_env()
        listener = _bind(settings.host, settings.port)
        app = create_app(settings)
        app.state.services.store.lock()
    except (ValueError, OSError) as error:
        sys.exit(f"gateway: {error}")
    print(f"gateway: http://{settings.host}:{settings.port}/", flush=True)
    Server(_config(app, settings), app).run(sockets=[listener])


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    proxies = list(settings.access.trusted_proxies)
    return uvicorn.Config(
        app,
        server_header=False,
        log_config=None,
        access_log=False,  # ours names the request's id, and no query string
        # Only who is named may say for whom a request comes; uvicorn's default is loopback.
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OSError(f"não foi possível usar {host}:{port} ({error.strerror})") from error
    return listener


if __name__ == "__main__":
    main()
