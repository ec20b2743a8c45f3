"""A scene without servers, for one fault at a time."""

from __future__ import annotations

import asyncio
import random
from types import SimpleNamespace
from typing import Any

from chaos.fault import Scene


def scene(times: int = 1, **place: Any) -> Scene:
    """Return a scene at a place that can what is given, where nobody else talks."""
    crowd: Any = SimpleNamespace(clients=[])
    made: Any = SimpleNamespace(url="http://127.0.0.1:9", **place)
    return Scene(made, crowd, random.Random(1), times, quick=True)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve a connection that says back what it hears."""
    while data := await reader.read(100):
        writer.write(data)
    writer.close()
