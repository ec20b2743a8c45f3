"""`make cluster` as the crowd and the oracle see it, in a folder of its own."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from chaos.links import Links
from chaos.places.limits import lifted
from chaos.talk.place import Span
from scripts.cluster.topology import Cluster


class ClusterStack(Cluster):
    """Everybody comes from one address, without a pause; `links` lie between its servers."""

    def __init__(self, links: Links | None = None) -> None:
        folder = Path(tempfile.mkdtemp(prefix="omni-cluster-"))
        folder.chmod(0o755)  # PostgreSQL's own user passes through
        proxied = {"OMNI_NGINX_RATE": "1000r/s", "OMNI_NGINX_BURST": "1000"}
        self.links = links or Links(0)
        via = links.via if links else _straight
        super().__init__(folder, None, lifted(), proxied, via=via)
        # One gateway or the other is always there.
        self.up: dict[str, list[Span]] = {"gateway": []}

    def start(self) -> None:
        """Start all that do not run."""
        super().start()
        if not self.up["gateway"]:
            self.up["gateway"].append((time.monotonic(), None))

    def answers(self, name: str) -> bool:
        """Whether a process runs and answers."""
        return self.runs(name) and self.processes[name].ready()

    def sql(self, database: str, query: str, *values: Any) -> list[Any]:
        """Ask one of the databases: gateway, tracker or cases."""
        with psycopg.connect(self.postgres.url(database)) as db:
            return db.execute(query.replace("?", "%s"), values).fetchall()

    def remove(self, keep: bool = False) -> None:
        """Stop everything and remove the folder, unless it is to be looked at."""
        self.stop()
        self.links.stop()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def _straight(_: str, port: int) -> int:
    return port
