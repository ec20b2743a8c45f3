"""Prints what was measured at the end of the run, whether or not anything failed."""

from __future__ import annotations

REPORT: list[str] = []


def pytest_terminal_summary(terminalreporter) -> None:  # type: ignore[no-untyped-def]
    if REPORT:
        terminalreporter.section("held-out phrases, by intent")
        for line in REPORT:
            terminalreporter.line(line)
