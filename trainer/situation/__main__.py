"""`make situation ID=novo_id`: writes a situation's stubs, or takes them back with `--remove`."""

from __future__ import annotations

import argparse
import getpass
import os
import sys

from assistant.settings import ROOT
from trainer.check.balance import HELD_OUT_SITUATION, SITUATION
from trainer.situation.create import HasWork, create, remove, say, written
from trainer.workbench import Workbench, WorkbenchError


def main() -> int:
    """Do what the command line says; return 1 with a sentence where it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m trainer.situation", add_help=False)
    parser.add_argument("id", nargs="?", default="")
    parser.add_argument("--title", default="")
    parser.add_argument("--articles", default="")
    parser.add_argument("--topics", default="")
    parser.add_argument("--remove", action="store_true")
    parser.add_argument("--force", action="store_true")
    options = parser.parse_args()
    if not options.id:
        print(say("usage"), file=sys.stderr)
        return 1
    try:
        print(_removed(options) if options.remove else _created(options))
    except WorkbenchError as error:
        more = [say("force", id=options.id)] if isinstance(error, HasWork) else []
        print(*error.faults, *more, sep="\n", file=sys.stderr)
        return 1
    return 0


def _created(options: argparse.Namespace) -> str:
    articles, topics = _listed(options.articles), _listed(options.topics)
    applied = create(_bench(), options.id, options.title, articles, topics)
    key = "have_articles" if articles else "fill_article"
    said = say(key, id=options.id, articles=", ".join(articles))
    todo = say("next", id=options.id, least=SITUATION, held_out=HELD_OUT_SITUATION, articles=said)
    lines = [f"  {file}" for file in written(applied)]
    return "\n".join([say("made", id=options.id), *lines, "", todo])


def _removed(options: argparse.Namespace) -> str:
    applied = remove(_bench(), options.id, options.force)
    lines = [f"  {file}" for file in written(applied)]
    return "\n".join([say("removed", id=options.id), *lines])


def _bench() -> Workbench:
    return Workbench(ROOT, os.environ.get("OMNI_TRAINER") or getpass.getuser())


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


if __name__ == "__main__":
    sys.exit(main())
