"""Two messages of one conversation at the same moment, one at each of two gateways."""

from __future__ import annotations

import asyncio
import random

import httpx

from chaos.fault import Scene, fault
from chaos.talk.client import Client
from chaos.talk.log import Sent, new_id

PEOPLE = 10
SECONDS = 20.0
TEXTS = ["não resolveu", "2", "por quê?", "oi"]
# Two ids are two messages, whatever their texts; one id and one text is one message, sent twice.
TWO_TEXTS, ONE_TEXT, ONE = "two texts", "one text, two messages", "one message"
KINDS = (TWO_TEXTS, ONE_TEXT, TWO_TEXTS, ONE)


@fault(
    "pairs",
    "two messages of one conversation reach two gateways at once; each fourth pair is one message",
    "larger",
    20,
    1000,
    3,
    people=2,
    rate=0.5,
)
async def pairs(scene: Scene) -> None:
    """Let several people send pairs, each waiting for the answers before the next."""
    people = [Client(scene.place.url, scene.chance) for _ in range(min(PEOPLE, scene.times))]
    scene.witnesses += people
    async with asyncio.TaskGroup() as group:
        for number, person in enumerate(people):
            kinds = [kind_of(one) for one in range(number, scene.times, len(people))]
            group.create_task(_person(scene, person, kinds))


def kind_of(number: int) -> str:
    """Return of which kind a pair is, by its number in the whole run."""
    return KINDS[number % len(KINDS)]


async def _person(scene: Scene, person: Client, kinds: list[str]) -> None:
    async with person.visiting():
        for kind in kinds:
            await _pair(scene, person, kind)
            await person.settled()


async def _pair(scene: Scene, person: Client, kind: str) -> None:
    """Send one message twice, or two, which may have one text; count what was accepted."""
    ids, texts = _drawn(scene.chance, kind)
    doors = scene.place.of_kind("gateway")
    posts = (_post(scene, person, *of) for of in zip(doors, ids, texts, strict=True))
    (first, one), (second, other) = await asyncio.gather(*posts)
    scene.made += 1
    scene.count(kind)
    is_one = kind == ONE
    codes = [200, 202] if is_one else [202, 202]
    scene.expect(sorted((one, other)) == codes, f"{kind}: answered by {one} and {other}")
    scene.expect((first.seq == second.seq) == is_one, f"{kind}: {first.seq} and {second.seq}")
    # Of two at once either may be first; the store decides, and the 202 says how. One that is the
    # same is one message for all that comes after, accepted when the first of the answers came.
    pair = sorted((first, second), key=lambda sent: (sent.seq or 0, sent.accepted or 0))
    person.log.sent += pair[:1] if is_one else pair


def _drawn(chance: random.Random, kind: str) -> tuple[list[str], list[str]]:
    """Return the ids and the texts of a pair."""
    ids, texts = [new_id(chance), new_id(chance)], chance.sample(TEXTS, 2)
    if kind == ONE:
        ids = [ids[0]] * 2
    return ids, texts if kind == TWO_TEXTS else [texts[0]] * 2


async def _post(scene: Scene, person: Client, door: str, id: str, text: str) -> tuple[Sent, int]:
    """Send a message to one of the gateways; return it as accepted, and with which code."""
    loop = asyncio.get_running_loop()
    sent, began = Sent(id), loop.time()
    headers = {"Authorization": f"Bearer {person.token}"}
    async with httpx.AsyncClient(base_url=scene.place.address(door), timeout=SECONDS) as http:
        body = {"id": id, "text": text}
        answer = await http.post("/api/v1/messages", json=body, headers=headers)
    assert answer.status_code in (200, 202), answer.status_code
    sent.accepted, sent.seq = loop.time(), answer.json()["message"]["seq"]
    sent.took = sent.accepted - began
    return sent, answer.status_code
