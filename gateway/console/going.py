"""A release as the console goes through it: what it tells meanwhile, and what it asks."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import TextIOBase
from pathlib import Path
from typing import Any

from gateway.console.freshness import MODEL, SPACY, mark, model_is_stale, spacy_is_stale
from gateway.console.library import Stamp, stamp
from gateway.console.measured import fingerprint, is_measured, note_measured
from gateway.console.wording import say
from release.publish import Release, Stopped
from release.replay import Answer, Change, Differences, shown, worded
from release.wording import texts
from trainer.evaluate.understood import Understood
from trainer.evaluate.wording import wording

# Files are stamped by the kernel's tick, which lags behind the clock.
TICK_NS = 10_000_000
MOST_EXAMPLES = 40
MOST_TOLD = 20
Told = Callable[..., None]


class Lines(TextIOBase):
    """What is printed, line by line."""

    def __init__(self, tell: Told) -> None:
        self._tell, self._rest = tell, ""

    def write(self, text: str) -> int:
        """Tell every line that is whole."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in filter(str.strip, lines):
            self._tell(line=line)
        return len(text)


@dataclass
class Runner:
    """Runs the trainer's commands in the project's own environment, and tells their lines."""

    root: Path
    tell: Told

    def __call__(self, module: list[str]) -> int:
        """Run a module, telling every line; return its exit code."""
        return self._run(module, lambda line: self.tell(line=line))

    def _run(self, module: list[str], hear: Callable[[str], None]) -> int:
        python = [str(self.root / ".venv/bin/python"), "-W", "ignore", "-m"]
        process = subprocess.Popen(  # noqa: S603
            [*python, *module], cwd=self.root, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            hear(line.rstrip())
        return process.wait()

    def freshen(self) -> None:
        """Make the model anew where examples have changed; raise Stopped where that fails."""
        if spacy_is_stale(self.root):
            self._make("spacy", SPACY, ["trainer.spacy_pipeline"])
        if model_is_stale(self.root):
            self._make("train", MODEL, ["trainer.train", MODEL])

    def _make(self, step: str, file: str, module: list[str]) -> None:
        """Make a file; what is changed while it is made is newer than it."""
        began = time.time_ns() - TICK_NS
        self.tell(step=step)
        self._or_stop(module)
        mark(self.root, file, began)

    def check(self) -> Stamp:
        """Ask the doctor, which takes seconds, before anything long; raise Stopped."""
        self.tell(step="check")
        of = stamp(self.root)
        if self._run(["trainer.check"], lambda _: None):  # its page says it better
            raise Stopped(say("stopped_check"))
        return of

    def evaluate(self, *options: str) -> int:
        """Measure, telling the stages alone; the pages show the rest, with titles."""
        stages = set(wording()["stages"].values())
        lines: list[str] = []

        def hear(line: str) -> None:
            lines.append(line)
            if line in stages:
                self.tell(line=line)

        code = self._run(["trainer.evaluate", *options], hear)
        if code not in (0, 1):
            self._tell_last(lines)
        return code

    def _or_stop(self, module: list[str]) -> None:
        """Run what speaks English and says nothing new, unless it fails."""
        lines: list[str] = []
        if self._run(module, lines.append):
            self._tell_last(lines)
            raise Stopped(say("stopped_train"))

    def _tell_last(self, lines: list[str]) -> None:
        for line in lines[-MOST_TOLD:]:
            self.tell(line=line)


@dataclass
class ConsoleRelease(Release):
    """A release that asks in the console, and shows there what differs."""

    runner: Runner | None = None
    checked: Stamp | None = None

    @property
    def _runner(self) -> Runner:
        assert self.runner is not None
        return self.runner

    def _step(self, name: str, module: list[str] | None) -> None:
        if name == "check" and self.checked != stamp(self.settings.root):
            self._runner.check()
        if name == "evaluate":
            self._runner.tell(step=name)
            code = self._measured()
            if code != 0:
                raise Stopped(say("stopped_evaluate" if code == 1 else "measure_failed"))

    def _measured(self) -> int:
        """Return what the gate says; what was measured a moment ago is not measured again."""
        root = self.settings.root
        if is_measured(root):
            self._runner.tell(unusual=True)
            self._runner.tell(line=say("measured_already"))
            return self._runner.evaluate("--again")
        of = fingerprint(root)
        code = self._runner.evaluate(*self.settings.evaluate, "--stages")
        note_measured(root, of, code)
        return code

    def _warn(self, weak: list[Understood]) -> None:
        self._runner.tell(weak=[one.id for one in weak])

    def _replay(self) -> None:
        if self.shelf.read().active is None:
            self._runner.tell(first=True)
            return
        self._runner.tell(step="replay")
        super()._replay()

    def _tell(self, found: Differences | None) -> None:
        if found:
            self._runner.tell(differences=shown_differences(found, self._titles()))
        else:
            self._runner.tell(line=say("no_questions"))

    def _confirm(self, version: str) -> None:
        self._runner.tell(ask=version)
        if sys.stdin.readline().strip() != "s":
            raise Stopped(say("stopped_person"))
        self._runner.tell(step="build")


def shown_differences(found: Differences, titles: dict[str, str]) -> dict[str, Any]:
    """Return what a page shows of the differences, every text masked."""

    def example(one: Change) -> dict[str, str]:
        return {"text": shown(one.text), "before": named(one.before), "after": named(one.after)}

    def named(answer: Answer) -> str:
        return worded(answer, titles)

    names = texts()["replay"]["groups"]
    groups = [{"name": names[key], "count": len(some), "examples":
               [example(one) for one in some[:MOST_EXAMPLES]]}
              for key in names if (some := found.changes.get(key, []))]  # fmt: skip
    checks = [{"title": titles.get(id, id), "what": what} for id, what in found.checks.items()]
    return {"total": found.total, "same": found.same, "groups": groups, "checks": checks}
