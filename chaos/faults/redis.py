"""Redis, which holds the locks of conversations, is killed, hangs, or forgets them all."""

from __future__ import annotations

import asyncio
import socket

from chaos.fault import Scene, fault
from chaos.faults.steps import freeze, kill, pause, revive
from chaos.moments import turn_begins

HUNG_SECONDS, HUNG_QUICK = 25.0, 8.0


@fault("redis-killed", "Redis is killed, and starts again", "larger", 1, 20, 30)
async def killed(scene: Scene) -> None:
    """Kill it while a conversation is locked."""
    for _ in range(scene.times):
        await pause(scene, 0.5, 2)
        in_time = await turn_begins(scene.place)
        await kill(scene, "redis", in_time)
        await pause(scene, 0.2, 3)
        await revive(scene, ["redis"])
        await pause(scene, 0.5, 2)


@fault("redis-hung", "Redis holds its connections and answers nothing", "larger", 1, 3, 60)
async def hung(scene: Scene) -> None:
    """Freeze it: 25 s, in the short run 8 s."""
    for _ in range(scene.times):
        await pause(scene, 0.5, 2)
        await freeze(scene, "redis", HUNG_QUICK if scene.quick else HUNG_SECONDS)
        await pause(scene, 1, 3)


@fault("redis-flushed", "Redis forgets every lock within turns", "larger", 6, 200, 5)
async def flushed(scene: Scene) -> None:
    """Empty it while a conversation is locked."""
    for _ in range(scene.times):
        await pause(scene, 0.1, 0.4)
        in_time = await turn_begins(scene.place)
        await asyncio.to_thread(_flush, scene.place.redis.port, scene.place.redis.password)
        scene.made += in_time


def _flush(port: int, password: str) -> None:
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(f"AUTH {password}\r\nFLUSHALL\r\n".encode())
        answer = b""
        while answer.count(b"\r\n") < 2:
            answer += connection.recv(100)
    assert answer.count(b"+OK") == 2, "Redis refused"
