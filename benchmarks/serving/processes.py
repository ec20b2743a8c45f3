"""The processes of one system: started together, waited for, weighed and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 240.0
STOP_SECONDS = 20.0
SETTLE_SECONDS = 60.0
# Seconds of processor in a second, of all processes.
IDLE_CPU = 0.05


@dataclass(frozen=True)
class Command:
    """How one process is started, and the address that answers 200 once it is up."""

    name: str
    words: list[str]
    ready: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)


class Running:
    """Processes that run; used as a context, they are stopped at its end."""

    # On a machine that others use, measured processes can be put before theirs (`--nice`, root).
    nice = 0

    def __init__(self, commands: Iterable[Command], logs: Path) -> None:
        self._commands = list(commands)
        self._logs = logs
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Running:
        self._logs.mkdir(parents=True, exist_ok=True)
        for command in self._commands:
            self._start(command)
        try:
            for command in self._commands:
                self._wait(command)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop all, in the order in which they were started."""
        for process in self._processes.values():
            _signal(process, signal.SIGTERM)
        for process in self._processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()

    def memory(self) -> dict[str, float]:
        """Return the megabytes of each, children included; shared pages count in parts."""
        return {name: megabytes(process.pid) for name, process in self._processes.items()}

    def cpu(self) -> dict[str, float]:
        """Return the seconds of processor that each has used, children included."""
        return {
            name: sum(_cpu_seconds(pid) for pid in _family(process.pid))
            for name, process in self._processes.items()
        }

    def settle(self, seconds: float = SETTLE_SECONDS) -> None:
        """Wait until nothing is computed any more: some go on loading after they answer."""
        end, used = time.monotonic() + seconds, sum(self.cpu().values())
        while time.monotonic() < end:
            time.sleep(1.0)
            before, used = used, sum(self.cpu().values())
            if used - before < IDLE_CPU:
                return

    def _start(self, command: Command) -> None:
        with (self._logs / f"{command.name}.log").open("wb") as log:
            self._processes[command.name] = subprocess.Popen(  # noqa: S603 - our own commands
                command.words,
                cwd=command.folder,
                env={**os.environ, **command.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        prefer(self._processes[command.name].pid, self.nice)

    def _wait(self, command: Command) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._processes[command.name].poll() is None:
            if _answers(command.ready):
                return
            time.sleep(0.05)
        log = (self._logs / f"{command.name}.log").read_text(errors="replace")
        raise RuntimeError(f"{command.name} did not start:\n{log[-2000:]}")


def prefer(pid: int, nice: int) -> None:
    """Put a process before others: Linux weighs sessions first, so its session's weight is set."""
    if nice:
        os.setpriority(os.PRIO_PROCESS, pid, nice)
        with suppress(OSError):  # a kernel without groups by session
            Path(f"/proc/{pid}/autogroup").write_text(f"{nice}\n")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    if process.poll() is None:
        os.killpg(process.pid, number)


def _family(pid: int) -> list[int]:
    """Return a process and those that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _family(int(child))
    return found


def megabytes(pid: int) -> float:
    """Return the megabytes of a process and of those that it started, shared pages in parts."""
    kilobytes = 0
    for one in _family(pid):
        rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        kilobytes += int(rollup.partition("Pss:")[2].split()[0])
    return kilobytes / 1024


def _cpu_seconds(pid: int) -> float:
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
