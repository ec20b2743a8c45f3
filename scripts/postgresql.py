"""Where Debian puts PostgreSQL's programs."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path("/usr/lib/postgresql")


def newest(name: str) -> str | None:
    """Return the program of the newest version that has it: an older one refuses newer data."""
    found = [path for path in FOLDER.glob(f"*/bin/{name}") if _version(path)]
    return str(max(found, key=_version)) if found else None


def _version(program: Path) -> tuple[int, ...]:
    """Return the version in its path as numbers, nothing where there is none."""
    parts = program.parents[1].name.split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()
