"""Why the workbench does not write, in sentences that a trainer reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainer.wording import sentences

say = sentences(Path(__file__).with_name("wording.yml"))


class WorkbenchError(ValueError):
    """A change was not made and no file was touched; `faults` has a sentence for each reason."""

    def __init__(self, *faults: str) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(faults))


class Refused(WorkbenchError):
    """The change itself is wrong."""


class Conflict(WorkbenchError):
    """Someone changed the file after it was read; `file` is its path below the root."""

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__(say("conflict", file=file))


class Missing(WorkbenchError):
    """What was to be read or changed is not there."""


def refuse(key: str, **values: Any) -> Refused:
    """Return the error whose sentence is `key` of wording.yml."""
    return Refused(say(key, **values))


def missing(key: str, **values: Any) -> Missing:
    """Return the error for something that is not there."""
    return Missing(say(key, **values))
