"""What `make situation` left to be filled in."""

from __future__ import annotations

from trainer.check.project import Project
from trainer.check.result import Findings, fail
from trainer.wording import MARK


def unfilled(project: Project) -> Findings:
    """Yield a finding for each line that still has the mark."""
    for file in project.files:
        if file.startswith("tests/") and file.count("/") < 3:
            continue
        for number, line in enumerate(project.source(file), 1):
            if MARK in line and not line.lstrip().startswith("#"):
                yield fail("unfilled", file, line=number, shown=line.strip()[:70])
