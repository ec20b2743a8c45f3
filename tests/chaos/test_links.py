"""The fault proxy: what passes, what is delayed, broken, swallowed, and carried on afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from chaos.links import Links, Weather
from scripts.cluster.topology import Cluster
from tests.chaos.scenes import echo


async def through(links: Links) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = links.via("echo-1", server.sockets[0].getsockname()[1])
    return await asyncio.open_connection("127.0.0.1", port)


async def said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, word: bytes) -> bytes:
    writer.write(word)
    return await asyncio.wait_for(reader.read(100), 5)


async def test_in_fair_weather_all_passes_and_ends(links: Links) -> None:
    reader, writer = await through(links)
    assert await said(reader, writer, b"oi") == b"oi"
    writer.write_eof()
    assert await reader.read() == b""


async def test_a_hole_swallows_nothing_for_good(links: Links) -> None:
    reader, writer = await through(links)
    with links.weather("echo", Weather(hole=True)):
        writer.write(b"oi")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(100), 0.2)
    assert await asyncio.wait_for(reader.read(100), 5) == b"oi"


async def test_a_broken_link_resets_and_counts(links: Links) -> None:
    reader, writer = await through(links)
    with links.weather("echo", Weather(breaks=1.0)), pytest.raises(ConnectionResetError):
        await said(reader, writer, b"oi")
    assert links.named("echo")[0].broken == 1


async def test_a_cut_breaks_who_says_nothing(links: Links) -> None:
    reader, writer = await through(links)
    assert await said(reader, writer, b"oi") == b"oi"
    links.cut("echo")
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(reader.read(100), 5)


async def test_a_watcher_breaks_what_it_knows(links: Links) -> None:
    reader, writer = await through(links)
    links.named("echo")[0].watch = lambda number, inward, data: inward and b"poison" in data
    assert await said(reader, writer, b"oi") == b"oi"
    with pytest.raises(ConnectionResetError):
        await said(reader, writer, b"poison")


def test_every_address_of_a_cluster_leads_through_its_link(tmp_path: Path) -> None:
    numbers: dict[str, int] = {}

    def via(link: str, port: int) -> int:
        return numbers.setdefault(link, 60_001 + len(numbers))

    found = Cluster(tmp_path, via=via).environment
    stores = ("postgres-gateway", "postgres-tracker", "postgres-cases", "postgres-erasures")
    assert set(numbers) == {"rasa-1", "rasa-2", "redis", *stores}
    rasas = ",".join(f"http://127.0.0.1:{numbers[name]}" for name in ("rasa-1", "rasa-2"))
    assert found["OMNI_RASA_URL"] == rasas
    for name, variable in (
        ("postgres-gateway", "OMNI_GATEWAY_DB_FILE"),
        ("postgres-tracker", "OMNI_TRACKER_URL_FILE"),
        ("redis", "OMNI_LOCK_URL_FILE"),
    ):
        assert f"127.0.0.1:{numbers[name]}/" in Path(found[variable]).read_text()
