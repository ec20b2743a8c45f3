"""`make release`: train, check, measure, replay, confirm, build, sign, activate."""

from __future__ import annotations

import asyncio
import json
import os
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
from release.replay import Differences, ReplayFailed, replay, report
from release.serving import wait_for
from release.settings import ReleaseSettings
from release.shelf import Shelf
from release.wording import Refused, say
from trainer.evaluate.understood import Understood, understood
from trainer.wording import intent_names

# How a command of the trainer's is run: its arguments in, its exit code out.
Run = Callable[[list[str]], int]


class Stopped(Exception):
    """The release ends here, and nothing was published; the text says why."""


@dataclass
class Release:
    """One release. `yes` asks nobody; `replays` is False where real questions are left out.

    A situation that is weakly understood is told before it is asked; `weak`: with `yes` as well.
    """

    settings: ReleaseSettings
    yes: bool = False
    weak: bool = False
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
        self._warn([one for one in self._understood() if one.weak])
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

    def _understood(self) -> list[Understood]:
        """Return how each situation was understood, the weakest first."""
        found = understood(self._report(), _read(self.settings.root / "reports/accepted.json"))
        return sorted(found.values(), key=lambda one: one.right / max(one.n, 1))

    def _warn(self, weak: list[Understood]) -> None:
        """Tell which situations are hardly understood; where nobody is asked, stop."""
        titles = self._titles() if weak else {}
        for one in weak:
            title = titles.get(one.id, one.id)
            print(say("steps.weak", title=title, right=one.right, n=one.n), flush=True)
        if weak and self.yes and not self.weak:
            raise Stopped(say("steps.stopped_weak"))

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
            found = asyncio.run(self._differences(active))
        except (ReplayFailed, OSError, SQLAlchemyError) as error:
            # A database's message may quote what somebody wrote.
            reason = str(error) if isinstance(error, ReplayFailed) else type(error).__name__
            raise Stopped(say("steps.stopped_replay", reason=reason)) from None
        self._tell(found)

    async def _differences(self, active: str) -> Differences | None:
        questions = await last_questions(GatewaySettings.from_env().database, self.settings.days)
        running = self.shelf.unpack(active, self.shelf.open(active))
        return await replay(running, self.settings.root, questions) if questions else None

    def _tell(self, found: Differences | None) -> None:
        """Print what differs; examples only where a person looks."""
        lines = [say("replay.none")]
        if found:
            lines = list(report(found, self._titles(), examples=sys.stdout.isatty()))
        print("\n".join(lines), flush=True)

    def _titles(self) -> dict[str, str]:
        known = load_knowledge(self.settings.root / "knowledge").situations
        return intent_names() | {one.id: one.title for one in known.values()}

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
        self._put(path, content)
        signer = name_of(read_private(self.settings.key).public_key())[:16]
        print(say("steps.built", file=path, size=round(len(content) / 1e6, 1), signer=signer))

    @staticmethod
    def _put(path: Path, content: bytes) -> None:
        """Write a bundle; one that somebody else made in the meantime is left alone."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(content)
        try:
            os.link(part, path)
        except FileExistsError:
            raise Stopped(say("steps.changed_meanwhile")) from None
        finally:
            part.unlink()

    def _report(self) -> dict[str, Any]:
        """Return the evaluation that was just made."""
        return _read(self.settings.root / "results/evaluation.json")


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def take_effect(settings: ReleaseSettings, version: str) -> int:
    """Wait until a running installation serves a version; return 0, or 1 where it does not."""
    started = time.monotonic()
    outcome, message = wait_for(settings, version)
    seconds = round(time.monotonic() - started, 1)
    print(say(f"steps.{outcome}", version=version, seconds=seconds, message=message))
    return 0 if outcome in ("serving", "nobody") else 1


__all__ = ["Refused", "Release", "Stopped", "take_effect"]
