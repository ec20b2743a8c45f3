"""PostgreSQL and Redis of a cluster: Debian's servers on folders of our own, with a password."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scripts.cluster.process import NotStarted, Process, listens
from scripts.postgresql import newest

DATABASES = ("gateway", "tracker", "cases", "erasures")
OWNER = "postgres"  # PostgreSQL refuses to run as root


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL whose data lie in `folder`; `password` is that of its one role, omni."""

    folder: Path
    port: int
    password: str

    def url(self, database: str, scheme: str = "postgresql") -> str:
        """Return the address of a database."""
        return f"{scheme}://omni:{self.password}@127.0.0.1:{self.port}/{database}"

    def process(self, log: Path) -> Process:
        """Return the server; its data are made where there are none."""
        self._make()
        command = [tool("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        place = ["-h", "127.0.0.1", "-k", str(self.folder)]
        return Process("postgres", [*command, *place], self._ready, log, user=OWNER)

    def make_databases(self) -> None:
        """Make the databases that are missing, once the server runs."""
        there = self._psql("SELECT datname FROM pg_database").split()
        for name in DATABASES:
            if name not in there:
                self._psql(f"CREATE DATABASE {name}")

    def _make(self) -> None:
        if (self.folder / "data" / "PG_VERSION").exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / "password"
        write_secret(file, self.password)
        if os.getuid() == 0:
            shutil.chown(self.folder, OWNER, OWNER)
            shutil.chown(file, OWNER, OWNER)
            self._check_reach()
        options = ["-U", "omni", "-A", "scram-sha-256", f"--pwfile={file}", "-E", "UTF8"]
        made = as_owner([tool("initdb"), "-D", str(self.folder / "data"), *options])
        file.unlink()
        if made.returncode:
            raise NotStarted(f"initdb: {made.stderr.decode()[-500:]}")

    def _check_reach(self) -> None:
        if as_owner(["test", "-x", str(self.folder)]).returncode:
            raise NotStarted(
                f"PostgreSQL runs as the user {OWNER}, who cannot enter {self.folder}: "
                "choose another folder, OMNI_CLUSTER_DIR=/var/tmp/omni-cluster"
            )

    def _ready(self) -> bool:
        probe = [tool("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.call(probe) == 0

    def _psql(self, statement: str) -> str:
        place = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "omni", "-d", "postgres"]
        command = ["psql", "-qtA", "-v", "ON_ERROR_STOP=1", "-c", statement, *place]
        # Command lines are for everybody to see, in `ps` and in what an exception says.
        env = {**os.environ, "PGPASSWORD": self.password}
        found = subprocess.run(command, env=env, capture_output=True, text=True)
        if found.returncode:
            raise NotStarted(f"psql: {found.stderr.strip()[-500:]}")
        return found.stdout


@dataclass(frozen=True)
class Redis:
    """A Redis that keeps nothing: locks are only worth what they guard."""

    folder: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        """Return its address."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/1"

    def process(self, log: Path) -> Process:
        """Return the server; its password stands in a file, not on its command line."""
        program = shutil.which("redis-server")
        if not program:
            raise NotStarted("Redis is missing: make databases")
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = f'port {self.port}\nbind 127.0.0.1\nsave ""\nrequirepass {self.password}\n'
        write_secret(self.folder / "redis.conf", settings)
        command = [program, str(self.folder / "redis.conf")]
        return Process("redis", command, lambda: listens(self.port), log, folder=self.folder)


def write_secret(path: Path, content: str) -> Path:
    """Write a file that only we can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)  # also where it was there already
        file.write(content)
    return path


def read_or_make(path: Path) -> str:
    """Return the secret in a file, a new one where there is none."""
    if not path.exists():
        write_secret(path, secrets.token_hex(24))
    return path.read_text(encoding="utf-8")


def tool(name: str) -> str:
    """Return a program of PostgreSQL's; raise NotStarted where it is not installed."""
    found = newest(name)
    if not found:
        raise NotStarted("PostgreSQL is missing: make databases")
    return found


def as_owner(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run a command as PostgreSQL's own user, where we are root."""
    user = OWNER if os.getuid() == 0 else None
    return subprocess.run(
        command,
        cwd="/",
        capture_output=True,
        user=user,
        group=user,
        extra_groups=[] if user else None,
    )
