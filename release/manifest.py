"""What a bundle says of itself: version, date, maker, figures, and the hash of every member."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

FORMAT = 1
NAME = "manifest.json"
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}\.[1-9]\d{0,3}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Manifest:
    """`version` is a date and a counter; `members` are sha256 by path; `figures` shares 0 to 1.

    `model` is the id that Rasa names once it has loaded the model; `commit` is "" without git.
    """

    version: str
    created: str
    creator: str
    model: str
    commit: str = ""
    figures: dict[str, float] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        """Return it as JSON, for people too."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()


def read_manifest(content: bytes) -> Manifest:
    """Return the manifest; raise ValueError saying in a few words what is wrong with it."""
    try:
        found: Any = json.loads(content)
    except ValueError:
        raise ValueError("manifesto ilegível") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"esperado o formato {FORMAT}")
    try:
        manifest = Manifest(**found)
    except TypeError:
        raise ValueError("manifesto com outros campos") from None
    if not _is_sound(manifest):
        raise ValueError("campo do manifesto com outro tipo")
    return manifest


def order(version: str) -> tuple[str, int]:
    """Return what versions are ordered by."""
    day, _, counter = version.partition(".")
    return day, int(counter)


def is_version(text: str) -> bool:
    """Whether a text is a version, and safe as the name of a file."""
    return bool(_VERSION.fullmatch(text))


def next_version(taken: list[str], today: date) -> str:
    """Return today's next version, newer than all that are `taken`, whatever the clock says."""
    newest = max(taken, key=order, default="")
    day = max(today.isoformat(), newest.partition(".")[0])
    counter = order(newest)[1] + 1 if newest.startswith(day) else 1
    return f"{day}.{counter}"


def _is_sound(found: Manifest) -> bool:
    texts = (found.version, found.created, found.creator, found.model, found.commit)
    if not all(isinstance(text, str) for text in texts) or not is_version(found.version):
        return False
    if not isinstance(found.members, dict) or not isinstance(found.figures, dict):
        return False
    hashes = [value for value in found.members.values() if isinstance(value, str)]
    numbers = [value for value in found.figures.values() if isinstance(value, (int, float))]
    whole = len(hashes) == len(found.members) and len(numbers) == len(found.figures)
    return whole and all(_SHA256.fullmatch(value) for value in hashes)
