"""`make trainer-user NAME=… ROLE=trainer|reader`: lets somebody use the console, or no longer.

The password is asked for, or is the first line of the file in OMNI_PASSWORD_FILE; never an
argument, which other users of the machine could read.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import sys
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from gateway.console.users import Users
from gateway.console.wording import say
from gateway.settings import Settings
from gateway.store.engine import Database
from gateway.store.migrate import migrate


def main() -> int:
    """Do what the command line says; return 1, with one clear line, where it cannot be done."""
    parser = argparse.ArgumentParser(prog="trainer-user", add_help=False)
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("--role", default="trainer")
    parser.add_argument("--remove", action="store_true")
    asked = parser.parse_args()
    if not asked.name.strip():
        print(say("user_usage"), file=sys.stderr)
        return 1
    try:
        settings = Settings.from_env()
        password = "" if asked.remove else _password()
        print(asyncio.run(_run(settings, asked, password)))
    except (ValueError, OSError) as error:
        print(f"trainer-user: {error}", file=sys.stderr)
    except SQLAlchemyError as error:
        print(say("user_store", kind=type(error).__name__), file=sys.stderr)
    else:
        return 0
    return 1


async def _run(settings: Settings, asked: argparse.Namespace, password: str) -> str:
    database = Database(settings.database)
    try:
        await migrate(database)
        users, name = Users(database, settings.console.hours), asked.name.strip()
        if asked.remove:
            return say("user_removed" if await users.remove(name) else "user_absent", name=name)
        new = await users.put(name, password, asked.role)
        return say("user_new" if new else "user_changed", name=name, role=asked.role)
    finally:
        await database.close()


def _password() -> str:
    if file := os.environ.get("OMNI_PASSWORD_FILE"):
        return Path(file).read_text(encoding="utf-8").splitlines()[0]
    first = getpass.getpass(say("user_ask"))
    if first != getpass.getpass(say("user_again")):
        raise ValueError(say("user_differ"))
    return first


if __name__ == "__main__":
    sys.exit(main())
