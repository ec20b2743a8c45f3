"""Which pair of workers, Rasa and action server, answers now, and with which knowledge.

Where the supervisor changes pairs under way (OMNI_WORKERS_FILE), a small file says so; it is
looked at whenever somebody asks, which costs microseconds, so that all gateways that share it
change with their next turn, and turns under way end where they began.
"""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

_log = logging.getLogger(__name__)
_Stamp = tuple[int, int, int]


class Pair(BaseModel):
    """Where workers are; `version` and `knowledge` are None where no bundle is served.

    Either address may be several, with commas: equal servers, any of which may be asked.
    """

    model_config = ConfigDict(frozen=True)

    rasa_url: str
    actions_url: str
    version: str | None = None
    knowledge: Path | None = None

    @property
    def rasas(self) -> tuple[str, ...]:
        """Return where each Rasa listens."""
        return tuple(self.rasa_url.split(","))

    @property
    def actions(self) -> tuple[str, ...]:
        """Return where each action server listens."""
        return tuple(self.actions_url.split(","))


class Workers:
    """The pair that answers now; `fixed` where there is no file, or none that can be read."""

    def __init__(self, file: Path | None, fixed: Pair) -> None:
        self._file = file
        self._pair = fixed
        self._seen: _Stamp | None = None

    def current(self) -> Pair:
        """Return the pair to ask from now on."""
        if self._file and (stamp := _stamp(self._file)) != self._seen:
            self._seen = stamp
            self._read(self._file)
        return self._pair

    def _read(self, file: Path) -> None:
        try:
            found = Pair.model_validate_json(file.read_bytes())
        except (OSError, ValidationError) as error:
            _log.error("the file of workers cannot be read: %s", type(error).__name__)
            return
        if found != self._pair:
            _log.info("workers of version %s from now on", found.version)
        self._pair = found


def _stamp(file: Path) -> _Stamp | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def knowledge_folder() -> Path:
    """Return the folder of the knowledge that is served now."""
    from assistant.settings import Settings

    return _shared().current().knowledge or Settings.from_env().knowledge_dir


@lru_cache(maxsize=1)
def _shared() -> Workers:
    file = os.environ.get("OMNI_WORKERS_FILE")
    return Workers(Path(file) if file else None, Pair(rasa_url="", actions_url=""))
