"""`python -m release publish | rollback | list | activate FILE-or-VERSION | unpack VERSION TO`."""

from __future__ import annotations

import argparse
import sys

from release.listing import lines
from release.manifest import is_version
from release.publish import Release, Stopped, take_effect
from release.settings import ReleaseSettings
from release.shelf import Shelf
from release.wording import Refused, say


def main() -> int:
    """Run one command; return 0, or 1 with one line that says why not."""
    arguments = _arguments()
    try:
        settings = ReleaseSettings.from_env()
        return int(_COMMANDS[arguments.command](settings, arguments))
    except (Refused, Stopped, ValueError) as error:
        print(error, file=sys.stderr)
    except FileNotFoundError as error:
        print(f"{error.filename}: o arquivo não existe", file=sys.stderr)
    return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m release")
    commands = parser.add_subparsers(dest="command", required=True)
    publish = commands.add_parser("publish")
    publish.add_argument("--yes", action="store_true")
    publish.add_argument("--no-replay", action="store_true")
    publish.add_argument("--weak", action="store_true")
    commands.add_parser("rollback")
    commands.add_parser("list")
    commands.add_parser("activate").add_argument("bundle")
    unpack = commands.add_parser("unpack")
    unpack.add_argument("version")
    unpack.add_argument("to")
    return parser.parse_args()


def _publish(settings: ReleaseSettings, arguments: argparse.Namespace) -> int:
    replays, weak = not arguments.no_replay, arguments.weak
    release = Release(settings, yes=arguments.yes, weak=weak, replays=replays)
    return take_effect(settings, release.publish())


def _rollback(settings: ReleaseSettings, _: argparse.Namespace) -> int:
    now, left = Shelf(settings).rollback()
    print(say("steps.rolled_back", version=now, left=left), flush=True)
    return take_effect(settings, now)


def _activate(settings: ReleaseSettings, arguments: argparse.Namespace) -> int:
    from pathlib import Path

    shelf, named = Shelf(settings), arguments.bundle
    version = named if is_version(named) else shelf.add(Path(named)).version
    shelf.activate(version)
    print(say("steps.active", version=version), flush=True)
    return take_effect(settings, version)


def _unpack(settings: ReleaseSettings, arguments: argparse.Namespace) -> int:
    """Put a version into a folder of its own, every byte checked: what a container serves."""
    from pathlib import Path

    shelf = Shelf(settings)
    shelf.unpack_to(Path(arguments.to), shelf.open(arguments.version))
    print(say("steps.unpacked", version=arguments.version, folder=arguments.to), flush=True)
    return 0


def _list(settings: ReleaseSettings, _: argparse.Namespace) -> int:
    print("\n".join(lines(Shelf(settings))))
    return 0


_COMMANDS = {
    "publish": _publish,
    "rollback": _rollback,
    "list": _list,
    "activate": _activate,
    "unpack": _unpack,
}

if __name__ == "__main__":
    sys.exit(main())
