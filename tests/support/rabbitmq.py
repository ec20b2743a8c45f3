"""RabbitMQ for tests, in a folder of its own; `make databases` installs it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.cluster.process import Process, listens
from serving.ports import free_port
from tests.support.servers import Server

# Debian's own command asks for a user of its own.
# Erlang takes four on a free machine.
START_SECONDS = 90.0
_PROGRAMS = Path("/usr/lib/rabbitmq/lib")


class _Killed(Server):
    """Its shell would call a tool that takes seconds to end it."""

    patience = START_SECONDS

    def stop(self) -> None:
        """Stop it at once, as a power cut would."""
        self._process.kill()


@contextlib.contextmanager
def rabbitmq() -> Iterator[Server]:
    """Give an empty RabbitMQ server; where none is installed the test fails."""
    program = next(_PROGRAMS.glob("*/sbin/rabbitmq-server"), None)
    names, port = shutil.which("epmd"), free_port()
    if not program or not names:
        pytest.fail("RabbitMQ is missing: make databases", pytrace=False)
    folder = Path(tempfile.mkdtemp(prefix="omni-rabbitmq-"))
    environment = _environment(folder, port)
    names_port = int(environment["ERL_EPMD_PORT"])
    # Erlang would leave one running for good.
    epmd = Process(
        "epmd",
        [names, "-address", "127.0.0.1", "-port", str(names_port)],
        lambda: listens(names_port),
        folder / "epmd.log",
    )
    process = Process(
        "rabbitmq", [str(program)], lambda: listens(port), folder / "log", environment, folder
    )
    server = _Killed(f"amqp://guest:guest@127.0.0.1:{port}/", process)
    try:
        epmd.begin()
        epmd.wait(START_SECONDS)
        server.start()
        yield server
    finally:
        for one in (process, epmd):
            if one.runs:
                one.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path, port: int) -> dict[str, str]:
    """Return what keeps the server within `folder` and on loopback, without plugins."""
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.local = 127.0.0.1:{port}\n")
    (folder / "plugins").write_text("[].")
    return {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"omni{port}@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "logs"),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            "+sbwt none -kernel inet_dist_use_interface {127,0,0,1}"
        ),
        "ERL_EPMD_PORT": str(free_port()),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
