"""Log lines: their fields, and what must not be in them."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys

import pytest
import yaml

from assistant.settings import ROOT
from rasa_components import logs
from rasa_components.logs import JsonLines, bound, lines
from tests.rasa.talking import SENDER

SECRET = "quasimodo"


def record(message: str, *values: object, error: BaseException | None = None, name: str = "rasa.x"):
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.ERROR, "x.py", 1, message, values, info)


def raised() -> BaseException:
    """An exception as Rasa makes them: the text of a turn in its message and in its cause's."""
    try:
        try:
            raise ValueError(f"body='{SECRET}'")
        except ValueError as cause:
            raise KeyError(SECRET) from cause
    except KeyError as error:
        return error


def test_a_json_line_has_its_fields():
    with bound("req-0001", SENDER):
        line = json.loads(JsonLines().format(record("turn %s: %d", "x", 5)))
    assert list(line) == ["time", "level", "logger", "message", "request_id", "conversation"]
    assert line["time"].endswith("+00:00")
    assert (line["level"], line["logger"], line["message"]) == ("ERROR", "rasa.x", "turn x: 5")
    assert (line["request_id"], line["conversation"]) == ("req-0001", SENDER)


def test_ids_are_those_of_the_own_task():
    async def one(number: int) -> str:
        with bound(f"req-000{number}", SENDER):
            await asyncio.sleep(0.001 * (3 - number))
            return json.loads(JsonLines().format(record("x")))["request_id"]

    async def all_three() -> list[str]:
        return await asyncio.gather(*(one(number) for number in range(3)))

    assert asyncio.run(all_three()) == ["req-0000", "req-0001", "req-0002"]
    assert json.loads(JsonLines().format(record("x")))["request_id"] == ""


@pytest.mark.parametrize("form", ["json", "", "plain"])
def test_an_exception_gives_its_place_and_class_and_never_its_words(monkeypatch, form):
    monkeypatch.setenv("OMNI_LOGS", form)
    formatter = lines()
    with bound("req-0001", SENDER):
        text = formatter.format(record("turn failed", error=raised()))
    assert SECRET not in text
    assert "ValueError" in text and "KeyError" in text and "in raised" in text
    assert "req-0001" in text and SENDER in text
    assert ("\n" in text) == (form != "json")


def test_what_asyncio_says_of_a_lost_exception_is_cut():
    text = f"Task exception was never retrieved\nfuture: <exception=KeyError('{SECRET}')>"
    assert SECRET not in lines().format(record(text, name="asyncio"))


AS_RASA_DOES = f"""
import structlog
from rasa_components.logs import install
structlog.configure(logger_factory=structlog.stdlib.LoggerFactory())
install()
try:
    raise ValueError("{SECRET}")
except ValueError:
    logger = structlog.get_logger("rasa.core.channels.rest")
    logger.exception("rest.message.received.failure", text="{SECRET}", event_info="{SECRET}")
"""


def test_rasas_structlog_tells_the_event_alone():
    # In a process of its own: pytest's own logging does not survive a new configuration.
    command, environment = [sys.executable, "-c", AS_RASA_DOES], {**os.environ, "OMNI_LOGS": "json"}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert SECRET not in ran.stderr + ran.stdout
    line = json.loads(ran.stderr)
    assert line["message"] == "rest.message.received.failure"
    assert line["logger"] == "rasa.core.channels.rest"
    assert "ValueError" in line["exc_info"]


def test_the_configuration_names_the_formatter_that_exists():
    config = yaml.safe_load(logs.CONFIG.read_text(encoding="utf-8"))
    assert config["formatters"]["lines"]["()"] == f"{lines.__module__}.{lines.__name__}"
    assert set(config["loggers"]) == {"sanic.root", "sanic.error", "sanic.access"}
