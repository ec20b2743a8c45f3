"""The signing keys: fetched when needed, again for a new one, kept where Microsoft is away."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from gateway.channels.teams.keys import DAY, PAUSE, PAUSE_WITHOUT, Keys, KeysAway
from tests.support.teams.signing import Signer

ONE, TWO = Signer("one"), Signer("two")
URL = "https://login.example/openid"


class Microsoft:
    """Publishes `keys`; down where there are none."""

    def __init__(self, *keys):
        self.keys, self.asked, self.now, self.delay = list(keys), 0, 0.0, 0.0
        self.found = Keys(URL, httpx.MockTransport(self.answer), lambda: self.now)

    async def answer(self, request):
        if not self.keys:
            raise httpx.ConnectError("down")
        if request.url == URL:
            return httpx.Response(200, json={"jwks_uri": "https://login.example/keys"})
        self.asked += 1
        await asyncio.sleep(self.delay)
        odd = [{"kty": "oct", "kid": "secret", "k": "AAAA"}, {"kty": "RSA", "kid": "broken"}]
        return httpx.Response(200, json={"keys": odd + [s.jwk() for s in self.keys]})

    async def knows(self, kid):
        return await self.found.find(kid) is not None


async def test_they_are_fetched_once_for_many_who_ask_at_once():
    there = Microsoft(ONE)
    there.delay = 0.05
    assert all(await asyncio.gather(*(there.knows("one") for _ in range(20))))
    assert there.asked == 1


async def test_a_new_key_is_found_and_strange_ids_ask_once_a_minute():
    there = Microsoft(ONE)
    assert await there.knows("one")
    there.keys.append(TWO)
    there.now += PAUSE
    assert await there.knows("two")
    there.now += PAUSE
    for n in range(50):
        assert not await there.knows(f"strange-{n}")
    assert there.asked == 3


async def test_a_withdrawn_key_counts_no_longer_than_a_day():
    there = Microsoft(ONE, TWO)
    assert await there.knows("two")
    there.keys.remove(TWO)
    there.now += DAY
    assert not await there.knows("two")


async def test_while_microsoft_is_away_the_old_ones_are_kept():
    there = Microsoft(ONE)
    assert await there.knows("one")
    there.keys, there.now = [], DAY + 1
    assert await there.knows("one")
    assert not await there.knows("two")


async def test_without_any_it_is_said_and_tried_again_soon():
    there = Microsoft()
    with pytest.raises(KeysAway):
        await there.knows("one")
    there.keys = [ONE]
    with pytest.raises(KeysAway):
        await there.knows("one")
    there.now += PAUSE_WITHOUT
    assert await there.knows("one")


@pytest.mark.parametrize("kid", ["secret", "broken"])
async def test_keys_of_other_kinds_are_not_taken(kid):
    there = Microsoft(ONE)
    assert not await there.knows(kid)
