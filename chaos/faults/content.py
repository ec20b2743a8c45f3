"""A message that breaks whoever reads it, and an event row that cannot be read."""

from __future__ import annotations

import yaml

from chaos.fault import Scene, fault
from chaos.faults.steps import OPENING
from chaos.places.embedded import ROOT
from chaos.talk.client import Client
from chaos.talk.log import Log, Sent
from chaos.talk.place import Place

POISON = "venenosa"
_STATE = "SELECT state FROM messages WHERE conversation_id = ? AND sender = 'user' ORDER BY seq"
_LAST = "SELECT max(id) FROM events WHERE sender_id = ?"
_SPOIL = 'UPDATE events SET data = \'{"event": "us\' WHERE id = ? RETURNING id'
_ASIDE = "SELECT count(*) FROM events_aside WHERE sender_id = ? AND event_id = ?"


@fault("poison", "a message whose turn breaks each time that it is tried", "linked", 1, 10, 60)
async def poison(scene: Scene) -> None:
    """Break the connection to Rasa whenever one certain word passes; look at who wrote it."""
    with scene.place.links.watched("rasa", lambda name: _is_poison):
        for _ in range(scene.times):
            await _poisoned(scene)


def _is_poison(connection: int, inward: bool, data: bytes) -> bool:
    return inward and POISON.encode() in data


async def _poisoned(scene: Scene) -> None:
    witness = Client(scene.place.url, scene.chance)
    scene.witnesses.append(witness)
    async with witness.visiting():
        for text in (OPENING, f"uma palavra {POISON}", "não resolveu"):
            await witness.send(text=text)
        await witness.settled()
    scene.made += 1
    states = [row[0] for row in scene.place.sql("gateway", _STATE, witness.log.conversation)]
    scene.expect(states == ["done", "set_aside", "done"], f"the three messages are {states}")


@fault("corrupt-row", "an event row of somebody's cannot be read", "larger", 1, 30, 20, 4, 1.0)
async def corrupt(scene: Scene) -> None:
    """Spoil a row between two messages: the third is answered, and its writer told what is lost."""
    for _ in range(scene.times):
        witness = Client(scene.place.url, scene.chance)
        scene.forgotten.append(witness)
        async with witness.visiting():
            for text in (OPENING, "não resolveu"):
                await witness.send(text=text)
                await witness.settled()
            row = spoilt(scene.place, witness.log.conversation)
            last = await witness.send(text="continua do mesmo jeito")
            await witness.settled()
        told = was_told(witness.log, last)
        scene.expect(told, "nobody was told that part of the conversation was lost")
        aside = scene.place.sql("tracker", _ASIDE, witness.log.conversation, row)
        scene.expect(aside == [(1,)], "the row was not kept aside")
        scene.made += aside == [(1,)]


def spoilt(place: Place, conversation: str) -> int:
    """Spoil the newest event of a conversation; return the number of its row."""
    ((row,),) = place.sql("tracker", _LAST, conversation)
    assert place.sql("tracker", _SPOIL, row) == [(row,)], "no row was spoilt"
    return int(row)


def was_told(log: Log, sent: Sent) -> bool:
    """Whether the answer to a message says that part of the conversation could not be read."""
    note = note_of_loss()
    return any(m.get("reply_to") == sent.seq and m["text"] == note for m in log.heard)


def note_of_loss() -> str:
    """Return what Rasa's channel says before the answer once rows were set aside."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return str(domain["responses"]["utter_history_lost"][0]["text"]).strip()
