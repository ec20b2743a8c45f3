"""Pairs at two gateways: two ids are two messages, one id is one, for talkers and oracle alike."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chaos.fault import REGISTER, Scene
from chaos.faults import pairs
from chaos.faults.pairs import KINDS, ONE, ONE_TEXT, TWO_TEXTS, kind_of
from chaos.talk import oracle
from chaos.talk.evidence import Evidence, Row
from chaos.talk.log import Log, Sent
from chaos.tally import tally
from tests.chaos.scenes import scene

DOORS = ["gateway-1", "gateway-2"]


class Store:
    """Takes what both gateways are sent; the second one is answered first.

    `forgets`: an id that came before is a new message all the same.
    """

    def __init__(self, forgets: bool = False) -> None:
        self.rows: list[Row] = []
        self._forgets = forgets

    async def post(
        self, scene: Scene, person: Any, door: str, id: str, text: str
    ) -> tuple[Sent, int]:
        known = [row.seq for row in self.rows if row.client_id == id and not self._forgets]
        seq = known[0] if known else len(self.rows) + 1
        if not known:
            self.rows.append(Row(seq, "user", text, "pending", id))
        return Sent(id, {"gateway-1": 8.0, "gateway-2": 7.0}[door], seq), 200 if known else 202


async def paired(monkeypatch: pytest.MonkeyPatch, kind: str, store: Store) -> tuple[Scene, Log]:
    monkeypatch.setattr(pairs, "_post", store.post)
    hurt, person = scene(of_kind=lambda kind: DOORS), SimpleNamespace(log=Log(), token="")
    await pairs._pair(hurt, person, kind)
    return hurt, person.log


@pytest.mark.parametrize(
    ("kind", "messages", "texts"), [(TWO_TEXTS, 2, 2), (ONE_TEXT, 2, 1), (ONE, 1, 1)]
)
async def test_each_kind_is_what_it_is_called(
    monkeypatch: pytest.MonkeyPatch, kind: str, messages: int, texts: int
) -> None:
    store = Store()
    hurt, log = await paired(monkeypatch, kind, store)
    assert (hurt.made, hurt.figures, hurt.faults) == (1, {kind: 1}, [])
    assert len(store.rows) == messages and len({row.text for row in store.rows}) == texts
    assert list(oracle.inbox(log, store.rows)) == []
    assert tally(log, Evidence(store.rows, [], []), [(0.0, None)]).accepted == messages
    if kind == ONE:
        assert [sent.accepted for sent in log.sent] == [7.0]


async def test_one_message_that_is_stored_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(forgets=True)
    hurt, log = await paired(monkeypatch, ONE, store)
    assert [fault.split(":")[1] for fault in hurt.faults] == [
        " answered by 202 and 202",
        " 1 and 2",
    ]
    assert list(oracle.inbox(log, store.rows))


def test_every_kind_is_in_the_short_run() -> None:
    kinds = [kind_of(number) for number in range(REGISTER["pairs"].quick)]
    assert {kind: kinds.count(kind) for kind in set(KINDS)} == {TWO_TEXTS: 10, ONE_TEXT: 5, ONE: 5}
