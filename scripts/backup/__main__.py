"""`make backup` and `make restore FILE=...`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gateway.privacy.stores import StoreDown
from scripts.backup.making import make
from scripts.backup.places import Places
from scripts.backup.restoring import restore
from scripts.backup.wording import BackupError


def main() -> int:
    """Run one command; return 0, or 1 with one line that says why not."""
    arguments = _arguments()
    try:
        places = Places.from_env()
        if arguments.command == "make":
            print(make(places))
            return 0
        done = restore(places, Path(arguments.file), arguments.replace)
    except (BackupError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
    except StoreDown as error:
        print(f"nothing may be started yet, the log of erasures: {error}", file=sys.stderr)
    else:
        print(f"Restored {', '.join(done.roles)}; {done.erased} erased conversations stay erased.")
        return 0
    return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.backup")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("make")
    restoring = commands.add_parser("restore")
    restoring.add_argument("file")
    restoring.add_argument("--replace", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
