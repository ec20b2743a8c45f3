"""Log lines: they hold ids, and never what people wrote."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import IntegrityError
from ulid import ULID

from gateway import logs

SECRET = "meu CPF é 123"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    logs.configure(as_json=True)
    (handler,) = root.handlers
    written = io.StringIO()
    handler.setStream(written)  # type: ignore[attr-defined]
    yield written
    root.handlers[:], root.level = before


def parsed(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_json_line_has_the_agreed_fields(lines: io.StringIO) -> None:
    with logs.bound("pedido-0001", "01J00000000000000000000000"):
        logging.getLogger("gateway.x").warning("turn %s failed", "T")
    (line,) = parsed(lines)
    assert line.pop("time").startswith("20")
    assert line == {
        "level": "WARNING",
        "logger": "gateway.x",
        "message": "turn T failed",
        "request_id": "pedido-0001",
        "conversation": "01J00000000000000000000000",
    }


def test_ids_end_with_their_block(lines: io.StringIO) -> None:
    with logs.bound("pedido-0001"), logs.bound("pedido-0002"):
        logging.getLogger("x").info("dentro")
    logging.getLogger("x").info("fora")
    assert [line["request_id"] for line in parsed(lines)] == ["pedido-0002", ""]


def test_fields_given_with_a_line_are_kept(lines: io.StringIO) -> None:
    logging.getLogger("x").info("a", extra={"status": 202, "request_id": "pedido-0003"})
    (line,) = parsed(lines)
    assert (line["status"], line["request_id"]) == (202, "pedido-0003")


def raise_each() -> Iterator[Exception]:
    try:
        TypeAdapter(int).validate_python(SECRET)
    except ValidationError as error:
        yield error
    yield IntegrityError("INSERT", {"text": SECRET}, Exception(SECRET))
    yield ValueError(SECRET)
    yield ExceptionGroup("grupo", [ValueError(SECRET)])  # noqa: F821 (the gateway's Python has it)


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("error", raise_each(), ids=lambda error: type(error).__name__)
def test_no_value_of_an_exception_is_written(
    lines: io.StringIO, as_json: bool, error: Exception
) -> None:
    if not as_json:
        logs.configure(as_json=False)
        logging.getLogger().handlers[0].setStream(lines)  # type: ignore[attr-defined]
    try:
        try:
            raise error
        except Exception as inner:
            raise RuntimeError(SECRET) from inner
    except RuntimeError:
        logging.getLogger("x").exception("falhou")
    written = lines.getvalue()
    assert type(error).__name__ in written
    assert "RuntimeError" in written
    assert "test_logs.py" in written
    assert "CPF" not in written


@pytest.mark.asyncio
async def test_a_forgotten_task_writes_no_value(lines: io.StringIO) -> None:
    async def fail() -> None:
        raise ValueError(SECRET)

    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    (line,) = parsed(lines)
    assert line["logger"] == "asyncio"
    assert "ValueError" in line["exc_info"]
    assert "CPF" not in lines.getvalue()


@pytest.mark.parametrize("given", ["01JD8Y6Q4C9C3V9J6T1W0M2N3P", "abc-DEF_0.9", "x" * 36])
def test_a_sane_request_id_is_kept(given: str) -> None:
    assert logs.accept_request_id(given) == given


@pytest.mark.parametrize(
    "given", [None, "", "curto", "x" * 37, "com espaço aqui", "a\nb" * 5, "ação-ação", '"; drop--']
)
def test_any_other_becomes_a_new_one(given: str | None) -> None:
    assert ULID.from_str(logs.accept_request_id(given))


def test_readable_lines_end_with_the_ids(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        logs.configure(as_json=False)
        with logs.bound("pedido-0004", "01J"):
            logging.getLogger("x").info("oi")
        logging.getLogger("x").info("tchau")
    finally:
        root.handlers[:], root.level = before
    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith("INFO x oi [pedido-0004] [01J]")
    assert second.endswith("INFO x tchau")
