"""The figures of use, and `make figures`: a table in Portuguese, or files of CSV and JSON.

`python -m gateway.review.figures --from 2026-11-01 --to 2026-11-30 [--out FOLDER] [--short]`
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from assistant.knowledge import KnowledgeError
from gateway.handoff.cases import knowledge
from gateway.review.reading import Reading
from gateway.settings import Settings
from gateway.store.engine import Database, sqlite_file
from gateway.store.tables import now
from trainer.figures.counting import Figures, Rules, count
from trainer.figures.export import to_csv, to_json
from trainer.figures.table import table

USUAL = timedelta(days=30)


async def figures_of(
    database: Database, since: datetime, until: datetime, rules: Rules = Rules()
) -> Figures:
    """Return the figures of what was started from `since` (included) to `until` (not)."""
    reading = Reading(database)
    events = await reading.events(since, until + rules.silence)
    found = await asyncio.to_thread(count, events, since, until, now(), rules)
    return replace(found, messages=await reading.understood(since, until))


def days(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when the first day begins and the last one ends, in a zone."""
    begin = datetime.combine(first, time(), zone)
    return begin, datetime.combine(last + timedelta(days=1), time(), zone)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or write files; return 1, with one clear line, where it cannot be done."""
    try:
        settings = Settings.from_env()
        zone = settings.desk.hours.zone
        asked = _read(arguments, datetime.now(zone).date())
        figures = asyncio.run(_count(asked, settings))
        known = knowledge()
    except (ValueError, OSError) as error:
        reason = error.faults[0] if isinstance(error, KnowledgeError) else error
        print(f"figures: {reason}", file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        # Its own text may quote an address with a password.
        print(
            f"figures: o banco do gateway não respondeu ({type(error).__name__})", file=sys.stderr
        )
        return 1
    hours = settings.review.return_hours
    print("\n".join(table(figures, known, hours, zone, details=not asked.short)))
    if asked.out:
        _write(figures, asked.out)
    return 0


def _read(arguments: Sequence[str] | None, today: date) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="figures", description="Números de uso do assistente.")
    parser.add_argument("--from", dest="first", default="", help="primeiro dia, AAAA-MM-DD")
    parser.add_argument("--to", dest="last", default="", help="último dia, AAAA-MM-DD")
    parser.add_argument("--out", type=Path, help="pasta para os arquivos CSV e JSON")
    parser.add_argument("--short", action="store_true", help="só uma linha por situação")
    asked = parser.parse_args(arguments)
    asked.last = _day("TO", asked.last) or today
    asked.first = _day("FROM", asked.first) or asked.last - USUAL
    if asked.first > asked.last:
        raise ValueError(f"FROM={asked.first} é depois de TO={asked.last}; troque as datas")
    return asked


def _day(name: str, value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise ValueError(f"{name}={value!r} não é uma data; escreva como 2026-11-30") from None


async def _count(asked: argparse.Namespace, settings: Settings) -> Figures:
    file = sqlite_file(settings.database)
    if file and not file.exists():
        raise ValueError(f"{file} não existe: o gateway ainda não rodou aqui (OMNI_GATEWAY_DB)")
    database = Database(settings.database)
    try:
        since, until = days(asked.first, asked.last, settings.desk.hours.zone)
        return await figures_of(database, since, until, settings.review.rules())
    finally:
        await database.close()


def _write(figures: Figures, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**to_csv(figures), "figures.json": to_json(figures)}.items():
        (folder / name).write_text(content, encoding="utf-8")
        print(f"{os.fspath(folder / name)}")


if __name__ == "__main__":
    sys.exit(main())
