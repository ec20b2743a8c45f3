"""The file of a backup: a compressed tar of the databases, the live bundle, and a manifest."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.backup.wording import BackupError

FORMAT = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Member:
    """A file within a backup; `roles` and `kind` are of databases."""

    sha256: str
    size: int
    kind: str  # sqlite, postgresql, bundle
    roles: tuple[str, ...] = ()


def write(target: Path, folder: Path, members: dict[str, Member], at: str) -> None:
    """Pack a folder into a file that only we can read; it appears whole or not at all."""
    manifest = {"format": FORMAT, "at": at, "members": {n: asdict(m) for n, m in members.items()}}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    part = target.with_name(f".{target.name}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
                for name in (MANIFEST, *members):  # the manifest first
                    archive.add(folder / name, name)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def unpacked(file: Path, beside: Path) -> Iterator[tuple[Path, dict[str, Member]]]:
    """Give the folder of a backup's files, every byte checked; raise BackupError.

    The folder is made in `beside`, and removed again.
    """
    beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=beside, prefix=".restore-") as folder:
        _extract(file, Path(folder))
        yield Path(folder), _checked(Path(folder))


def member(path: Path, kind: str, roles: tuple[str, ...] = ()) -> Member:
    """Describe a file."""
    return Member(_sha256(path), path.stat().st_size, kind, roles)


def _extract(file: Path, folder: Path) -> None:
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(folder, filter="data")  # noqa: S202 (links and paths are refused)
    except FileNotFoundError:
        raise BackupError(f"{file} does not exist") from None
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BackupError(f"{file} is no whole backup ({type(error).__name__})") from None


def _checked(folder: Path) -> dict[str, Member]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        number, found = manifest["format"], manifest["members"]
        members = {name: Member(**{**m, "roles": tuple(m["roles"])}) for name, m in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BackupError("no backup of this assistant: its manifest cannot be read") from None
    if number != FORMAT:
        raise BackupError(f"a backup of format {number}; this version reads {FORMAT}")
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    for name, described in members.items():
        if name not in files or _sha256(folder / name) != described.sha256:
            raise BackupError(f"{name} is not what was backed up")
    return members


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
