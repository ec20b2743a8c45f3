"""The folder of bundles: which there are, which is active, which were, and their unpacked folders.

`active.json` holds `stack` (versions that were active, the last one is) and `log` (what happened).
It is replaced as a whole, under a lock, so that two trainers do not overwrite each other.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from release.archive import Bundle, open_bundle
from release.keys import read_trusted
from release.manifest import Manifest, is_version, order
from release.settings import ReleaseSettings
from release.wording import Refused

SUFFIX = ".zip"
# Unpacked folders that are kept: of the active version, and of those before it.
KEPT_UNPACKED = 3
MOST_LOGGED = 200
How = Literal["published", "rolled back", "failed"]


@dataclass(frozen=True)
class Shelved:
    """The state: `stack` ends with the active version; `seen`: hashes of once active ones."""

    stack: tuple[str, ...] = ()
    seen: dict[str, str] = field(default_factory=dict)
    log: tuple[dict[str, str], ...] = ()

    @property
    def active(self) -> str | None:
        """Return the active version, None where there is none."""
        return self.stack[-1] if self.stack else None


class Shelf:
    """Adds, activates and takes back bundles. Every refusal is a Refused with one line."""

    def __init__(self, settings: ReleaseSettings) -> None:
        self._folder = settings.bundles
        self._trusted = settings.trusted
        self._state = settings.bundles / "active.json"

    def read(self) -> Shelved:
        """Return the state; an empty one where nothing was ever published; raise Refused."""
        try:
            found = json.loads(self._state.read_text(encoding="utf-8"))
            return Shelved(tuple(found["stack"]), dict(found["seen"]), tuple(found["log"]))
        except FileNotFoundError:
            return Shelved()
        except (ValueError, KeyError, TypeError):
            raise Refused("refused.state", file=self._state) from None

    def file(self, version: str) -> Path:
        """Return where the bundle of a version lies."""
        return self._folder / f"{version}{SUFFIX}"

    def folder(self, version: str) -> Path:
        """Return where a version is unpacked to."""
        return self._folder / "unpacked" / version

    def versions(self) -> list[str]:
        """Return the versions that have a file, oldest first."""
        found = (path.stem for path in self._folder.glob(f"*{SUFFIX}"))
        return sorted(filter(is_version, found), key=order)

    def open(self, version: str) -> Bundle:
        """Return the bundle of a version, checked in full."""
        return self.open_file(self.file(version))

    def open_file(self, path: Path) -> Bundle:
        """Return the bundle in a file, checked in full."""
        return open_bundle(path, read_trusted(self._trusted))

    def add(self, path: Path) -> Manifest:
        """Copy a bundle here once it is checked; its own version is its name."""
        bundle = self.open_file(path)
        target = self.file(bundle.manifest.version)
        self._folder.mkdir(parents=True, exist_ok=True)
        if target.exists() and _sha256(target) != bundle.sha256:
            raise Refused("refused.other", version=bundle.manifest.version)
        if not target.exists():
            _replace(target, path.read_bytes())
        return bundle.manifest

    def activate(self, version: str) -> None:
        """Make a version the active one; refused where it is older and was never active."""
        bundle = self.open(version)
        self.unpack(version, bundle)
        with self._changing() as state:
            active = state["stack"][-1] if state["stack"] else None
            known = state["seen"].get(version)
            if known not in (None, bundle.sha256):
                raise Refused("refused.other", version=version)
            if active and order(version) < order(active) and known is None:
                raise Refused("refused.older", version=version, active=active)
            state["seen"][version] = bundle.sha256
            if version != active:
                state["stack"].append(version)
                _log(state, version, "published")
        self._tidy()

    def rollback(self, leaving: str | None = None) -> tuple[str, str]:
        """Make the version before the active one active again; return (now, before).

        Refused where another version than `leaving` is active by now: a second click, say.
        """
        with self._changing() as state:
            if not state["stack"]:
                raise Refused("refused.none_active")
            if leaving not in (None, state["stack"][-1]):
                raise Refused("refused.not_active", version=leaving, active=state["stack"][-1])
            if len(state["stack"]) == 1:
                raise Refused("refused.none_before", active=state["stack"][-1])
            left, now = state["stack"].pop(), state["stack"][-1]
            self._check_seen(state, now)
            _log(state, left, "rolled back")
        return now, left

    def withdraw(self, version: str, reason: str) -> None:
        """Take a version that did not come up off the stack; nothing where it is not active."""
        with self._changing() as state:
            if state["stack"] and state["stack"][-1] == version:
                state["stack"].pop()
                _log(state, version, "failed", reason)

    def unpack(self, version: str, bundle: Bundle) -> Path:
        """Return the folder with the content of a bundle, made anew where it is not the same."""
        target = self.folder(version)
        self.unpack_to(target, bundle)
        return target

    @staticmethod
    def unpack_to(target: Path, bundle: Bundle) -> None:
        """Make a folder hold what is in a bundle and nothing else; it appears as a whole."""
        if is_same(target, bundle.manifest):
            return
        part = target.with_name(f".{target.name}.{os.getpid()}")
        shutil.rmtree(part, ignore_errors=True)
        for name, content in bundle.content.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            (part / name).write_bytes(content)
        shutil.rmtree(target, ignore_errors=True)
        part.rename(target)

    def _check_seen(self, state: dict[str, Any], version: str) -> None:
        bundle = self.open(version)
        if state["seen"].get(version) != bundle.sha256:
            raise Refused("refused.other", version=version)
        self.unpack(version, bundle)

    def _tidy(self) -> None:
        kept = self.read().stack[-KEPT_UNPACKED:]
        for folder in (self._folder / "unpacked").iterdir():
            if folder.name not in kept and not folder.name.startswith("."):
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """Give the state to be changed; it is written unless the block raises."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = asdict(self.read())
            state = {**found, "stack": list(found["stack"]), "log": list(found["log"])}
            yield state
            state["log"] = state["log"][-MOST_LOGGED:]
            content = json.dumps(state, ensure_ascii=False, indent=1)
            _replace(self._state, content.encode())


def is_same(folder: Path, manifest: Manifest) -> bool:
    """Whether a folder holds the members of a bundle, unchanged, and nothing else."""
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()}
    if files != set(manifest.members):
        return False
    return all(_sha256(folder / name) == sha for name, sha in manifest.members.items())


def write_json(path: Path, content: Any) -> None:
    """Replace a file by JSON as a whole: whoever reads it sees the old or the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, json.dumps(content, ensure_ascii=False).encode())


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _log(state: dict[str, Any], version: str, how: How, reason: str = "") -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    state["log"].append({"version": version, "how": how, "at": at, "reason": reason})


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
