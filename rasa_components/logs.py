"""Log lines of Rasa and of the action server: ids, never texts.

One JSON object a line with OMNI_LOGS=json, readable lines otherwise. logging.yml names `lines` as
the formatter; the action server takes that file by `--logging-config_file`. Rasa has such an
option too, but sets up coloured lines after it, so its channel calls `install`.
"""

from __future__ import annotations

import json
import logging
import logging.config
import os
import re
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
import yaml

CONFIG = Path(__file__).resolve().parent.parent / "logging.yml"
_READABLE = "%(asctime)s %(levelname)-8s %(name)s  - %(message)s%(ids)s"
_SANE = re.compile(r"[A-Za-z0-9._-]{8,36}")  # as the gateway sends it

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_conversation: ContextVar[str] = ContextVar("conversation", default="")

_Info = tuple[type[BaseException], BaseException, "TracebackType | None"] | tuple[None, None, None]


@contextmanager
def bound(request_id: Any, conversation: str) -> Iterator[None]:
    """Put both ids into every log line of the block; a request id of another form is left out."""
    tokens = _request_id.set(accept_request_id(request_id)), _conversation.set(conversation)
    try:
        yield
    finally:
        _request_id.reset(tokens[0])
        _conversation.reset(tokens[1])


def accept_request_id(given: Any) -> str:
    """Return a request id of 8 to 36 of [A-Za-z0-9._-]; an empty text for anything else."""
    return given if isinstance(given, str) and _SANE.fullmatch(given) else ""


def install() -> None:
    """Set up logging as logging.yml says, and Rasa's structlog to hand on what happened alone."""
    logging.config.dictConfig(yaml.safe_load(CONFIG.read_text(encoding="utf-8")))
    structlog.configure(processors=[structlog.stdlib.filter_by_level, _event_alone])


def lines() -> logging.Formatter:
    """Return the formatter that OMNI_LOGS asks for."""
    return JsonLines() if os.environ.get("OMNI_LOGS") == "json" else ReadableLines(_READABLE)


class _NoValues(logging.Formatter):
    """Prints where an exception was raised and its class.

    Never its message: those of SQLAlchemy, and of Rasa about the action server, quote the turn.
    """

    def formatException(self, ei: _Info) -> str:  # noqa: N802 (logging's name)
        """Return the frames and the class names of an exception and of its causes."""
        return "\n".join(_without_values(ei[1])) if ei[1] else ""


class ReadableLines(_NoValues):
    """A line for a person; the ids at its end, where there are any."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        """Return the line of `record`."""
        record.message = _message(record)
        record.ids = "".join(f" [{found}]" for found in _ids().values() if found)
        return super().formatMessage(record)


class JsonLines(_NoValues):
    """An object a line: time (ISO 8601, UTC), level, logger, message, request_id, conversation."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object; `exc_info` holds frames and class names where there was an error."""
        when = datetime.fromtimestamp(record.created, timezone.utc)
        line = {
            "time": when.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **_ids(),
        }
        if record.exc_info:
            line["exc_info"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _ids() -> dict[str, str]:
    return {"request_id": _request_id.get(), "conversation": _conversation.get()}


def _message(record: logging.LogRecord) -> str:
    text = record.getMessage()
    # From the second line on, asyncio prints the exception's values.
    return text.partition("\n")[0] if record.name == "asyncio" else text


def _without_values(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause:
        yield from _without_values(cause)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
    yield f"{type(error).__module__}.{type(error).__qualname__}"


def _event_alone(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Leave out what happened to whom: Rasa adds texts, slots and local variables (structlog)."""
    return {"msg": event["event"], "exc_info": event.get("exc_info")}
