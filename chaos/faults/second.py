"""A second gateway, and a second Rasa, on the embedded installation's SQLite files."""

from __future__ import annotations

import asyncio
import subprocess

from chaos.fault import Scene, fault
from chaos.places.embedded import ROOT
from serving.ports import free_port

SECONDS = 60.0


@fault("second-process", "a second gateway or Rasa is started on the same SQLite files", "embedded",
       2, 10, 60)  # fmt: skip
async def second(scene: Scene) -> None:
    """Start one after the other; each has to end by itself, in words, and disturb nobody."""
    for number in range(scene.times):
        kind = ("gateway", "rasa")[number % 2]
        code, said = await asyncio.to_thread(_started, scene, kind)
        scene.made += 1
        scene.expect(code not in (0, None), f"a second {kind} ended with {code}")
        scene.expect("outro" in said or "já usa" in said, f"a second {kind} did not say why")


def _started(scene: Scene, kind: str) -> tuple[int | None, str]:
    command, environment = scene.place.command_of(kind, free_port())
    running = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said, _ = running.communicate(timeout=SECONDS)
        return running.returncode, said
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
        return None, ""
