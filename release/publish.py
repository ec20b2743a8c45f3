"""`make release`: train, check, measure, replay, confirm, build, sign, activate."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from assistant.knowledge import load_knowledge
from gateway.settings import Settings as GatewaySettings
from release.build import Candidate, build, collect, ensure_key
from release.keys import name_of, read_private
from release.manifest import next_version
from release.questions import last_questions
from release.replay import ReplayFailed, replay, report
from release.serving import wait_for
from release.settings import ReleaseSettings
from release.shelf import Shelf
from release.wording import Refused, say

# How a command of the trainer's is run: its arguments in, its exit code out.
Run = Callable[[list[str]], int]


class Stopped(Exception):
    """The release ends here, and nothing was published; the text says why."""


@dataclass
class Release:
    """One release. `yes` asks nobody; `replays` is False where real questions are left out."""

    settings: ReleaseSettings
    yes: bool = False
    replays: bool = True
    run: Run | None = None

    @property
    def shelf(self) -> Shelf:
        """Return the shelf that it goes to."""
        return Shelf(self.settings)

    def publish(self) -> str:
        """Go all the way; return the version that is active now; raise Stopped or Refused."""
        ensure_key(self.settings)
        self._step("train", ["trainer.train", "models/omni.tar.gz"] if self._is_stale() else None)
        candidate = collect(self.settings.root)
        self._step("check", ["trainer.check"])
        self._step("evaluate", ["trainer.evaluate", *self.settings.evaluate])
        self._replay()
        version = next_version([*self.shelf.versions(), *self.shelf.read().seen], date.today())
        self._confirm(version)
        self._build(candidate, version)
        self.shelf.activate(version)
        print(say("steps.active", version=version))
        return version

    def _step(self, name: str, module: list[str] | None) -> None:
        print(say(f"steps.{name}"), flush=True)
        if module and (self.run or self._run)(module) != 0:
            raise Stopped(say(f"steps.stopped_{name}"))

    def _run(self, module: list[str]) -> int:
        python = [str(self.settings.root / ".venv/bin/python"), "-W", "ignore", "-m"]
        return subprocess.run([*python, *module], cwd=self.settings.root).returncode  # noqa: S603

    def _is_stale(self) -> bool:
        """Whether the model is older than what it is made of; the Makefile knows that better."""
        return not (self.settings.root / "models/omni.tar.gz").exists()

    def _replay(self) -> None:
        print(say("steps.replay", days=self.settings.days), flush=True)
        active = self.shelf.read().active
        if not self.replays or active is None:
            print(say("replay.running_folder") if self.replays else "")
            return
        try:
            lines = asyncio.run(self._differences(active))
        except (ReplayFailed, OSError, SQLAlchemyError) as error:
            # A database's message may quote what somebody wrote.
            reason = str(error) if isinstance(error, ReplayFailed) else type(error).__name__
            raise Stopped(say("steps.stopped_replay", reason=reason)) from None
        print("\n".join(lines), flush=True)

    async def _differences(self, active: str) -> list[str]:
        questions = await last_questions(GatewaySettings.from_env().database, self.settings.days)
        running = self.shelf.unpack(active, self.shelf.open(active))
        found = await replay(running, self.settings.root, questions) if questions else None
        if found is None:
            return [say("replay.none")]
        known = load_knowledge(self.settings.root / "knowledge").situations
        titles = {one.id: one.title for one in known.values()}
        return list(report(found, titles, examples=sys.stdout.isatty()))

    def _confirm(self, version: str) -> None:
        if self.yes:
            return
        try:
            said = input(say("steps.confirm", version=version))
        except EOFError:
            said = ""
        if said.strip().lower() not in ("s", "sim"):
            raise Stopped(say("steps.stopped_person"))

    def _build(self, candidate: Candidate, version: str) -> None:
        print(say("steps.build"), flush=True)
        if collect(self.settings.root) != candidate:
            raise Stopped(say("steps.changed_meanwhile"))
        content = build(candidate, self._report(), version, self.settings)
        path = self.shelf.file(version)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.rename(path)
        signer = name_of(read_private(self.settings.key).public_key())[:16]
        print(say("steps.built", file=path, size=round(len(content) / 1e6, 1), signer=signer))

    def _report(self) -> dict[str, Any]:
        """Return the evaluation that was just made."""
        path: Path = self.settings.root / "results/evaluation.json"
        return dict(json.loads(path.read_text(encoding="utf-8")))


def take_effect(settings: ReleaseSettings, version: str) -> int:
    """Wait until a running installation serves a version; return 0, or 1 where it does not."""
    started = time.monotonic()
    outcome, message = wait_for(settings, version)
    seconds = round(time.monotonic() - started, 1)
    print(say(f"steps.{outcome}", version=version, seconds=seconds, message=message))
    return 0 if outcome in ("serving", "nobody") else 1


__all__ = ["Refused", "Release", "Stopped", "take_effect"]
