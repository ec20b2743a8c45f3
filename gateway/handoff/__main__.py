"""Lists handed-over cases, shows one, or ends it: `python -m gateway.handoff`.

It works beside a gateway that runs, on the same database: it takes no lease and begins no turn.
"""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from assistant.cases import ERASED
from gateway.channels.texts import load_channel_texts
from gateway.handoff.cases import Cases
from gateway.handoff.listing import Listing, load_listing_texts
from gateway.handoff.states import Actions, Refused
from gateway.handoff.texts import load_desk_texts
from gateway.privacy.cases import CasesOfPeople
from gateway.privacy.stores import StoreDown
from gateway.settings import Settings
from gateway.store.engine import Database
from gateway.store.handoffs import Handoffs, UnknownCase
from gateway.store.history import History
from gateway.store.values import Agent

END = "encerrar"


class Reader:
    """What one run of the command reads and prints."""

    def __init__(self, settings: Settings) -> None:
        self._database = Database(settings.database)
        self._sheets = CasesOfPeople(settings.access.cases_url)
        self._handoffs = Handoffs(self._database)
        history = History(self._database)
        self._cases = Cases(self._handoffs, self._sheets, history, load_channel_texts())
        self._desk_texts = load_desk_texts(settings.desk.texts_file)
        self.texts = load_listing_texts()
        self._listing = Listing(self.texts, load_channel_texts(), settings.desk.hours.zone)

    async def run(self, arguments: Sequence[str]) -> int:
        """Do what the command line says; return its exit status."""
        try:
            if not arguments:
                return await self._list()
            number = int(arguments[0])
            if len(arguments) == 3:
                return await self._end(number, arguments[2])
            return await self._show(number)
        except (SQLAlchemyError, StoreDown, OSError) as error:
            print(self.texts.store_down.format(fault=type(error).__name__), file=sys.stderr)
            return 1
        finally:
            await self._database.close()
            await self._sheets.close()

    async def _list(self) -> int:
        found = await self._handoffs.open()
        lines = {line.number: line for line in await self._cases.lines()}
        for handoff in found:
            if line := lines.get(handoff.case):
                print(self._listing.line(handoff, line))
        if not found:
            print(self.texts.none)
        return 0

    async def _show(self, number: int) -> int:
        handoff = await self._handoffs.find(number)
        view = await self._cases.view(number)
        if handoff is None or view is None:
            return await self._only_sheet(number)
        page = await self._cases.said_until(handoff.conversation, sys.maxsize)
        history = await self._cases.history(number)
        print(*self._listing.case(handoff, view, page, history), sep="\n")
        return 0

    async def _only_sheet(self, number: int) -> int:
        """A case of before there was a desk, or one that was erased."""
        found = await self._sheets.get(number)
        if found is None:
            print(self.texts.unknown.format(number=number), file=sys.stderr)
            return 1
        erased = found["conversation"] == ERASED
        print(*([self.texts.erased] if erased else found["sheet"]), sep="\n")
        return 0

    async def _end(self, number: int, reason: str) -> int:
        agent = Agent(f"local:{getpass.getuser()}"[:128], self._desk_texts.somebody)
        decision = Actions(self._desk_texts, lambda state, raised: None).end(agent, reason)
        try:
            await self._handoffs.change(number, decision)
        except UnknownCase:
            print(self.texts.unknown.format(number=number), file=sys.stderr)
            return 1
        except Refused as refused:
            print(refused, file=sys.stderr)
            return 1
        print(self.texts.closed_now.format(number=number))
        return 0


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit status."""
    numbered = not arguments or (arguments[0].isdecimal() and len(arguments[0]) < 10)
    ends = len(arguments) == 3 and arguments[1] == END
    if not numbered or not (len(arguments) < 2 or ends):
        print(load_listing_texts().usage, file=sys.stderr)
        return 2
    try:
        settings = Settings.from_env()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return asyncio.run(Reader(settings).run(arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
