"""A bundle of the working folder: what goes in, and what its manifest says."""

from __future__ import annotations

import getpass
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from release.archive import MODEL, REPORT, is_allowed, pack
from release.keys import make_private, read_private
from release.manifest import Manifest
from release.settings import ReleaseSettings
from release.wording import say

# Figures of the evaluation that `make bundles` shows, where they were measured.
SHOWN = ("situation_first", "situation_three", "situation_wrong", "scope_refused", "reply")
_FOLDERS = ("knowledge", "models/spacy/omni_pt")


@dataclass(frozen=True)
class Candidate:
    """What would be published: the files of a bundle, by path, without the report."""

    files: Mapping[str, bytes]

    @property
    def model(self) -> str:
        """Return the id that Rasa will name once it has loaded the model."""
        return model_id(self.files[MODEL])


def collect(root: Path) -> Candidate:
    """Read the working folder."""
    paths = [root / MODEL, root / "domain.yml"]
    for folder in _FOLDERS:
        paths += sorted(path for path in (root / folder).rglob("*") if path.is_file())
    named = {path.relative_to(root).as_posix(): path for path in paths}
    return Candidate({name: path.read_bytes() for name, path in named.items() if is_allowed(name)})


def model_id(model: bytes) -> str:
    """Return the id of a trained model."""
    with tarfile.open(fileobj=io.BytesIO(model)) as tar:
        for member in tar:
            if member.name.removeprefix("./") == "metadata.json":
                file = tar.extractfile(member)
                assert file is not None
                return str(json.load(file)["model_id"])
    raise ValueError(f"{MODEL}: falta metadata.json")


def build(
    candidate: Candidate, report: Mapping[str, Any], version: str, settings: ReleaseSettings
) -> bytes:
    """Return the signed bundle; the key is made where there is none and none is named."""
    manifest = Manifest(
        version=version,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        creator=os.environ.get("OMNI_TRAINER") or getpass.getuser(),
        model=candidate.model,
        commit=commit(settings.root),
        figures=figures(report),
    )
    said = json.dumps(report, ensure_ascii=False, indent=1).encode()
    return pack(manifest, {**candidate.files, REPORT: said}, read_private(settings.key))


def ensure_key(settings: ReleaseSettings) -> None:
    """Make the installation's own key once; a key that the environment names has to be there."""
    if settings.key.exists() or settings.key != ReleaseSettings.key:
        return
    public = settings.key.with_suffix(".pub")
    make_private(settings.key, public)
    print(say("key.made", path=settings.key, public=public))


def figures(report: Mapping[str, Any]) -> dict[str, float]:
    """Return the shown figures of an evaluation, or of the accepted report."""
    rows = {row["key"]: row for row in report.get("figures", [])} or report.get("scores", {})
    return {key: round(float(rows[key]["value"]), 4) for key in SHOWN if key in rows}


def commit(root: Path) -> str:
    """Return the short commit, "+" after it where files differ from it; "" without git."""
    command = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)  # noqa: S603
    except FileNotFoundError:
        return ""
    return done.stdout.strip()
