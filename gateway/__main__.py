"""Start the gateway: `.venv-gateway/bin/python -m gateway`."""

from __future__ import annotations

import logging
import socket
import sys

import uvicorn

from gateway.app import create_app
from gateway.settings import Settings

GRACE_SECONDS = 10


def main() -> None:
    """Serve until stopped; exit with one clear line where the settings or the port fail."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        settings = Settings.from_env()
        listener = _bind(settings.host, settings.port)
    except (ValueError, OSError) as error:
        sys.exit(f"gateway: {error}")
    config = uvicorn.Config(
        create_app(settings),
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    print(f"gateway: http://{settings.host}:{settings.port}/", flush=True)
    uvicorn.Server(config).run(sockets=[listener])


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
