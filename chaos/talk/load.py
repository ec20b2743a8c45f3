"""Many people who talk at once, without waiting for answers, and what is found out afterwards."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from chaos.talk import oracle
from chaos.talk.client import Client
from chaos.talk.evidence import Evidence, collect
from chaos.talk.place import SENTINEL, Place

PEOPLE = 12
MESSAGES_A_SECOND = 5.0
CUTS = (4.0, 15.0)
SETTLED_SECONDS = 120.0
TEXTS = [
    f"os emails de {SENTINEL}@example.com não estão chegando na caixa do suporte",
    "não consigo enviar anexo no chat",
    "2",
    "1",
    "não resolveu, continua do mesmo jeito",
    "por que preciso verificar isso?",
    f"meu nome é Zilda {SENTINEL}, quero falar com uma pessoa",
    "obrigada",
    "começar de novo",
    "o relatório está lento",
]


@dataclass
class Findings:
    """What the oracle says of all conversations, and figures of the run."""

    faults: list[str]
    figures: str


class Crowd:
    """Visitors of one gateway; what they say depends on the seed. `cuts`: see Client."""

    def __init__(
        self,
        place: Place,
        seed: int,
        cuts: tuple[float, float] | None = CUTS,
        people: int = PEOPLE,
        rate: float = MESSAGES_A_SECOND,
    ) -> None:
        self._place = place
        self._seed = seed
        self._rate = rate
        self.clients = [
            Client(place.url, random.Random(f"{seed}-client-{number}"), cuts)
            for number in range(people)
        ]

    @asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """Let everybody talk while the block runs, and then wait until all are answered."""
        async with AsyncExitStack() as visits:
            for client in self.clients:
                await visits.enter_async_context(client.visiting())
            enough = asyncio.Event()
            async with asyncio.TaskGroup() as talks:
                for number, client in enumerate(self.clients):
                    chance = random.Random(f"{self._seed}-talk-{number}")
                    talks.create_task(self._talk(client, chance, enough))
                try:
                    yield
                finally:
                    enough.set()
            await asyncio.gather(*(client.settled(SETTLED_SECONDS) for client in self.clients))

    def findings(self) -> Findings:
        """Compare what everybody saw with what is stored."""
        up = self._place.up["gateway"]
        stored = [collect(self._place, client.log.conversation) for client in self.clients]
        pairs = zip(self.clients, stored, strict=True)
        found = [fault for client, kept in pairs for fault in oracle.faults(client.log, kept, up)]
        return Findings(found, self._figures(stored))

    async def _talk(self, client: Client, chance: random.Random, enough: asyncio.Event) -> None:
        while not enough.is_set():
            await asyncio.sleep(chance.expovariate(self._rate / len(self.clients)))
            choice = client.newest_choice() if chance.random() < 0.4 else None
            body = {"choice": choice} if choice else {"text": chance.choice(TEXTS)}
            sent = await client.send(**body)
            if chance.random() < 0.1:
                await client.repeat(sent, **body)

    def _figures(self, stored: Sequence[Evidence]) -> str:
        up, logs = self._place.up["gateway"], [client.log for client in self.clients]
        waits = [seconds for log in logs for _, seconds in oracle.waits(log, up)]
        replies = [seconds for log in logs for seconds in oracle.replies(log, up)]
        rows = [row for kept in stored for row in kept.rows]
        mine = [row for row in rows if row.sender == "user"]
        figures = {
            "messages": len(mine),
            "tried again": sum(row.attempts > 0 for row in mine),
            "set aside": sum(row.state == "set_aside" for row in mine),
            "fallbacks": sum(row.mark == "fallback" for row in rows),
            "late answers": sum(row.mark == "late" for row in rows),
            "taken from the tracker": self._place.log("rasa").count("repeated True"),
            "cases": sum(len(kept.cases) for kept in stored),
            "streams": sum(log.streams for log in logs),
            "longest without a word": f"{max(waits, default=0):.1f} s",
            "longest without answer or fallback": f"{max(replies, default=0):.1f} s",
            "within 8 s": f"{sum(one <= 8 for one in replies)} of {len(replies)}",
            "load": f"{os.getloadavg()[0]:.1f}",
        }
        return ", ".join(f"{name} {value}" for name, value in figures.items())
