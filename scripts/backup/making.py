"""Make a backup while everything runs."""

from __future__ import annotations

import json
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.backup import archive, postgres, sqlite
from scripts.backup.archive import Member
from scripts.backup.places import Part, Places
from scripts.backup.wording import BackupError

PREFIX, SUFFIX = "omni-", ".tar.gz"
# What a backup or a restore leaves that was killed: folders, and the file not yet whole.
_UNFINISHED = (".backup-*", ".restore-*", f".{PREFIX}*{SUFFIX}.*")
_DAY_SECONDS = 24 * 3600


def make(places: Places) -> Path:
    """Write a backup and return its file; raise BackupError. Those past their days are removed."""
    at = datetime.now(UTC)
    places.backups.mkdir(parents=True, exist_ok=True)
    places.backups.chmod(0o700)
    target = places.backups / f"{PREFIX}{at:%Y%m%dT%H%M%SZ}{SUFFIX}"
    with TemporaryDirectory(dir=places.backups, prefix=".backup-") as folder:
        members = {part.name: _save(part, Path(folder)) for part in places.parts if _there(part)}
        if not members:
            raise BackupError("there is nothing to back up: no database is there yet")
        members |= _save_bundle(places.bundles, Path(folder))
        archive.write(target, Path(folder), members, at.isoformat(timespec="seconds"))
    _forget(places)
    return target


def _there(part: Part) -> bool:
    return not part.is_sqlite or part.file.exists()


def _save(part: Part, folder: Path) -> Member:
    target = folder / part.name
    if part.is_sqlite:
        sqlite.snapshot(part.file, target)
    else:
        postgres.dump(part.url, target)
    return archive.member(target, part.url.get_backend_name(), part.roles)


def _save_bundle(bundles: Path, folder: Path) -> dict[str, Member]:
    """Copy the active bundle, and the file that says which is active."""
    state = bundles / "active.json"
    if not state.exists():
        return {}
    stack = json.loads(state.read_text(encoding="utf-8"))["stack"]
    files = [state] + [bundles / f"{version}.zip" for version in stack[-1:]]
    (folder / "bundles").mkdir()
    for file in files:
        shutil.copy(file, folder / "bundles" / file.name)
    names = [f"bundles/{file.name}" for file in files]
    return {name: archive.member(folder / name, "bundle") for name in names}


def _forget(places: Places) -> None:
    """Remove backups past their days: who was erased is in them, however well they are kept."""
    for file in _older(places, f"{PREFIX}*{SUFFIX}", places.days):
        file.unlink()
    for pattern in _UNFINISHED:
        for left in _older(places, pattern, 1):
            _remove(left)


def _older(places: Places, pattern: str, days: int) -> list[Path]:
    limit = time.time() - days * _DAY_SECONDS
    return [one for one in places.backups.glob(pattern) if one.lstat().st_mtime < limit]


def _remove(left: Path) -> None:
    if left.is_dir() and not left.is_symlink():
        shutil.rmtree(left)
    else:
        left.unlink()
