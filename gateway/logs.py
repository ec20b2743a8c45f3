"""Log lines that hold ids, never texts: JSON with OMNI_LOGS=json, readable lines otherwise."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from traceback import TracebackException
from types import TracebackType

from pythonjsonlogger.json import JsonFormatter
from ulid import ULID

# What a log line says about whose work it is; set with `bound`, or by whoever finds out.
request_id: ContextVar[str] = ContextVar("request_id", default="")
conversation: ContextVar[str] = ContextVar("conversation", default="")

# As long as the column of the messages table that keeps it.
_SANE = re.compile(r"[A-Za-z0-9._-]{8,36}")
_READABLE = "%(asctime)s %(levelname)s %(name)s %(message)s%(ids)s"
_FIELDS = ["levelname", "name", "message", "request_id", "conversation"]
_RENAMED = {"levelname": "level", "name": "logger"}
# They write addresses and chunks of what is sent; ours say what is needed.
_QUIET = ("httpx", "httpcore", "sse_starlette", "aiosqlite", "alembic", "microsoft_agents", "msal")

_Info = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


@contextmanager
def bound(request: str | None, conversation_id: str | None = None) -> Iterator[None]:
    """Put both ids into every log line of the block, in this task and those it starts."""
    tokens = request_id.set(request or ""), conversation.set(conversation_id or "")
    try:
        yield
    finally:
        request_id.reset(tokens[0])
        conversation.reset(tokens[1])


def accept_request_id(given: str | None) -> str:
    """Return the id that came with a request if it is 8 to 36 of [A-Za-z0-9._-], else a ULID."""
    return given if given and _SANE.fullmatch(given) else str(ULID())


def configure(as_json: bool, level: int = logging.INFO) -> None:
    """Send every log line of the process to stderr in one form; replaces what was set up."""
    handler = logging.StreamHandler()
    handler.addFilter(add_ids)
    handler.setFormatter(json_lines() if as_json else ReadableLines(_READABLE))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def add_ids(record: logging.LogRecord) -> bool:
    """Give `record` the ids of the work it belongs to (a logging filter that keeps all)."""
    record.request_id = getattr(record, "request_id", None) or request_id.get()
    record.conversation = getattr(record, "conversation", None) or conversation.get()
    vars(record).pop("color_message", None)  # uvicorn's message once more, with escapes
    if record.name == "asyncio":
        # From the second line on it prints the exception's values.
        record.msg, record.args = record.getMessage().partition("\n")[0], ()
    return True


class _NoValues(logging.Formatter):
    """Prints where an exception was raised and its class.

    Never its message: those of pydantic and SQLAlchemy quote what people wrote.
    """

    def formatException(self, ei: _Info) -> str:  # noqa: N802 (logging's name)
        """Return the frames and the class names of an exception and of its causes."""
        if ei[1] is None:
            return ""
        return "\n".join(_without_values(TracebackException.from_exception(ei[1])))


class ReadableLines(_NoValues):
    """One line for a person; the ids at its end, where there are any."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        """Return the line of `record`."""
        ids = (getattr(record, name, "") for name in ("request_id", "conversation"))
        record.ids = "".join(f" [{found}]" for found in ids if found)
        return super().formatMessage(record)


class _JsonLines(_NoValues, JsonFormatter):
    pass


def json_lines() -> logging.Formatter:
    """Return the formatter of JSON lines: time (ISO 8601, UTC), level, logger, message, ids."""
    return _JsonLines(_FIELDS, rename_fields=_RENAMED, timestamp="time", json_ensure_ascii=False)


def _without_values(found: TracebackException) -> Iterator[str]:
    cause = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    if cause:
        yield from _without_values(cause)
    for frame in found.stack:
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
    yield found.exc_type_str
    for part in found.exceptions or ():
        yield from _without_values(part)
