"""What `make run` installs is enough: nothing that only the tests bring along is leant on."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Each is begun by `make run` or by a command that works without the tests' environment.
BEGUN = (
    "gateway.__main__", "gateway.app", "gateway.console.advising", "gateway.console.jobs",
    "gateway.conversation.guessing", "gateway.handoff.__main__", "gateway.store.migrate",
    "release.publish", "scripts.backup.__main__", "scripts.cluster.__main__", "scripts.serve",
)  # fmt: skip
# Refuses what is named, as an environment without it would, and begins one module.
_WITHOUT = """
import sys
from importlib import import_module
refused = set(sys.argv[2].split(","))
class Refuses:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in refused:
            raise ModuleNotFoundError(f"only the tests install {name}", name=name)
sys.meta_path.insert(0, Refuses())
import_module(sys.argv[1])
"""


def pinned(file: str) -> set[str]:
    lines = (ROOT / "requirements" / file).read_text(encoding="utf-8").splitlines()
    return {re.split(r"[=\[ ]", line)[0].lower() for line in lines if re.match(r"[A-Za-z]", line)}


def of_tests_alone() -> set[str]:
    """Return the modules that gateway-dev.txt brings and gateway.txt does not."""
    only = pinned("gateway-dev.txt") - pinned("gateway.txt")
    there = packages_distributions().items()
    return {
        module
        for module, owners in there
        if all(re.sub(r"[-_.]+", "-", owner).lower() in only for owner in owners)
    }


def begun(module: str, refused: set[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-c", _WITHOUT, module, ",".join(sorted(refused))]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("module", BEGUN)
def test_what_is_run_needs_nothing_of_the_tests(module: str) -> None:
    refused = of_tests_alone()
    assert {"pytest", "playwright", "psycopg"} <= refused
    done = begun(module, refused)
    assert done.returncode == 0, done.stderr[-1500:]


def test_what_is_missing_is_noticed() -> None:
    done = begun("gateway.app", of_tests_alone() | {"greenlet"})
    assert done.returncode != 0 and "greenlet" in done.stderr
