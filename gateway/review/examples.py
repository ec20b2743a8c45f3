"""`make review-examples`: the phrases that trainers accepted in the inbox, in a file."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.exc import SQLAlchemyError

from gateway.review.deciding import Accepted, Deciding
from gateway.settings import ROOT, Settings
from gateway.store.engine import Database, sqlite_file

FILE = ROOT / "var" / "review" / "examples.yml"
_HEAD = (
    "# Frases aceitas na revisão, sem dados pessoais. Feito por `make review-examples`,\n"
    "# por inteiro a cada vez: as de quem pediu para ser apagado somem na próxima.\n"
)


def write(accepted: Sequence[Accepted], file: Path) -> None:
    """Write the phrases, by intent; the file is replaced whole, so that what was erased is gone."""
    by_intent: dict[str, list[dict[str, Any]]] = {}
    for one in accepted:
        row = {"text": one.text, "by": one.by, "at": one.at.isoformat(), "message": one.message}
        by_intent.setdefault(one.intent, []).append(row)
    content = yaml.safe_dump(by_intent, allow_unicode=True, width=100, sort_keys=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".part")
    partial.write_text(_HEAD + content, encoding="utf-8")
    partial.replace(file)


def main(file: Path = FILE) -> int:
    """Write the file and say how many phrases are in it; return 1 where that cannot be done."""
    try:
        accepted = asyncio.run(_accepted(Settings.from_env()))
        write(accepted, file)
    except (ValueError, OSError) as error:
        print(f"review-examples: {error}", file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        print(f"review-examples: o banco não respondeu ({type(error).__name__})", file=sys.stderr)
        return 1
    print(f"{len(accepted)} frase(s) em {file}")
    return 0


async def _accepted(settings: Settings) -> list[Accepted]:
    place = sqlite_file(settings.database)
    if place and not place.exists():
        raise ValueError(f"{place} não existe: o gateway ainda não rodou aqui (OMNI_GATEWAY_DB)")
    database = Database(settings.database)
    try:
        return await Deciding(database).accepted()
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
