"""kill -9 of the action server before, within and after it opens a case, which is opened once."""

from __future__ import annotations

import signal
import threading

from chaos.fault import Scene, fault
from chaos.faults.steps import OPENING, revive
from chaos.links import Watch
from chaos.talk.client import Client

MOMENTS = ("before", "during", "after")
HANDOVER = "quero falar com uma pessoa"
# An action takes some milliseconds.
WITHIN_SECONDS = 0.02
_ASKED = "SELECT count(*) FROM cases WHERE conversation = ?"


@fault(
    "actions-killed",
    "the action server that opens somebody's case is killed before, during or after that",
    "linked",
    3,
    90,
    40,
    people=6,
    rate=2.0,
)
async def actions(scene: Scene) -> None:
    """Let somebody ask for a person, and kill who is to open the case, at each moment in turn."""
    for number in range(scene.times):
        moment = MOMENTS[number % len(MOMENTS)]
        witness = Client(scene.place.url, scene.chance)
        scene.witnesses.append(witness)
        async with witness.visiting():
            await witness.send(text=OPENING)
            await witness.settled()
            killer = Killer(scene, witness.log.conversation, moment)
            with scene.place.links.watched("actions", killer.watching):
                await witness.send(text=HANDOVER)
                await witness.settled()
        scene.made += killer.struck
        scene.count(moment, killer.struck)
        opened = scene.place.sql("cases", _ASKED, witness.log.conversation)
        scene.expect(opened == [(1,)], f"{moment}: {opened[0][0]} cases of one handover")
        await revive(scene, scene.place.of_kind("actions"))


class Killer:
    """Watches the links to the action servers; kills the one that is asked for a conversation."""

    def __init__(self, scene: Scene, conversation: str, moment: str) -> None:
        self.struck = False
        self._scene = scene
        self._wanted = conversation.encode()
        self._moment = moment
        self._connection: int | None = None

    def watching(self, name: str) -> Watch:
        """Return what watches the link of that name."""

        def watch(connection: int, inward: bool, data: bytes) -> bool:
            if inward and self._wanted in data and self._connection is None:
                self._connection = connection
                if self._moment != "after":
                    self._strike_at(name)
            elif self._moment == "after" and not inward and connection == self._connection:
                self._strike(name)
            return self.struck and self._moment == "after" and connection == self._connection

        return watch

    def _strike_at(self, name: str) -> None:
        if self._moment == "before":
            self._strike(name)
        else:
            seconds = self._scene.chance.uniform(0, WITHIN_SECONDS)
            threading.Timer(seconds, self._strike, [name]).start()

    def _strike(self, name: str) -> None:
        if not self.struck:
            self.struck = True
            self._scene.place.processes[name].signal(signal.SIGKILL)
