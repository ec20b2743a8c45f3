"""Erasing a conversation everywhere: here at once, elsewhere until it is done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from gateway.privacy.erasure_log import ErasureLog
from gateway.privacy.stores import OtherStore, StoreDown
from gateway.store.erasure import Erasures, Reason

# A turn that was under way has ended by then (settings.MAX_TURN_SECONDS and some), whatever it
# wrote: until then other stores are erased again and again. It cannot write to our own tables,
# since the conversation is gone from them.
TURNS_END = timedelta(minutes=3)
BATCH = 100
_log = logging.getLogger(__name__)


class Eraser:
    """Erases conversations. `others` go in their order; `told` hears of each conversation erased.

    The tracker has to come before the cases: its lock waits for a turn that may open one. The `log`
    of erasures comes before both, as one of them: what could not be noted is noted later.
    """

    def __init__(
        self,
        erasures: Erasures,
        others: Mapping[str, OtherStore],
        log: ErasureLog,
        told: Callable[[str], None] = lambda conversation: None,
    ) -> None:
        self._erasures = erasures
        self._others: Mapping[str, OtherStore] = {"log": log, **others}
        self._log = log
        self._told = told

    async def erase(self, conversation: str) -> list[str]:
        """Erase at its owner's wish; return the stores that could not do so yet."""
        if not await self._erase_here(conversation, "asked"):
            return []
        return await self._erase_elsewhere(conversation, self._others)

    async def _erase_here(
        self, conversation: str, reason: Reason, unchanged_since: datetime | None = None
    ) -> bool:
        names = list(self._others)
        erased = await self._erasures.erase(conversation, reason, names, unchanged_since)
        if erased:
            self._told(conversation)
            _log.info("conversation %s erased (%s)", conversation, reason)
        return erased

    async def _erase_elsewhere(self, conversation: str, names: Iterable[str]) -> list[str]:
        left = []
        for name in names:
            try:
                await self._others[name].erase(conversation)
            except StoreDown as error:
                _log.warning("%s not erased from %s yet: %s", conversation, name, error)
                left.append(name)
        return left

    async def finish(self, at: datetime) -> int:
        """Erase from other stores what is not known to be gone; return how many failed.

        At the time `at`, an erasure asked for more than TURNS_END ago is done once it succeeds.
        """
        last, failed = "", 0
        while found := await self._erasures.open(last, BATCH):
            for erasure in found:
                names = [name for name in erasure.left if name in self._others]
                left = await self._erase_elsewhere(erasure.conversation, names)
                if erasure.asked_at < at - TURNS_END:
                    await self._erasures.settle(erasure.conversation, left)
                last, failed = erasure.conversation, failed + bool(left)
        return failed

    async def retire(self, limit: datetime) -> int:
        """Erase conversations unchanged since `limit`, and any that came back; return how many.

        Other stores follow with `finish`.
        """
        done = 0
        for conversation in await self._come_back():
            done += await self._erase_here(conversation, "retention")
        while found := await self._erasures.unchanged_since(limit, BATCH):
            erased = [await self._erase_here(one, "retention", limit) for one in found]
            done += sum(erased)
            if not any(erased):  # all of them came to life in between
                break
        return done

    async def _come_back(self) -> set[str]:
        """Return conversations that are here although they were erased: after a restored backup.

        Our own list was restored with them, and is older than the log.
        """
        back = set(await self._erasures.come_back())
        try:
            await self._log.note(await self._erasures.erased())
            back.update(await self._log.known(await self._erasures.here()))
        except StoreDown as error:
            _log.warning("the log of erasures cannot be read: %s", error)
        return back
