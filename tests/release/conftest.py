"""A small working folder, keys, and bundles made of it; all in the test's own folder."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from release.build import build, collect
from release.keys import make_private, read_private
from release.settings import ReleaseSettings
from release.shelf import Shelf

REPORT = {"figures": [{"key": "situation_first", "value": 0.91}], "date": "2026-11-29T12:00"}


def model(id: str) -> bytes:
    """Return what looks like a trained model to whoever only reads its id."""
    buffer, said = io.BytesIO(), json.dumps({"model_id": id}).encode()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        info = tarfile.TarInfo("./metadata.json")
        info.size = len(said)
        tar.addfile(info, io.BytesIO(said))
    return buffer.getvalue()


@dataclass
class Workshop:
    """A trainer's folder and the shelf that they publish to."""

    settings: ReleaseSettings

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.settings)

    @property
    def key(self) -> Ed25519PrivateKey:
        return read_private(self.settings.key)

    def write(self, name: str, text: str | bytes) -> None:
        path = self.settings.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def bundle(self, version: str, **change: Any) -> Path:
        """Sign a bundle of the folder as it is, and put it on the shelf's folder."""
        settings = replace(self.settings, **change)
        path = self.shelf.file(version)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(build(collect(self.settings.root), REPORT, version, settings))
        return path

    def publish(self, version: str) -> None:
        self.bundle(version)
        self.shelf.activate(version)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    key, public = tmp_path / "keys" / "release.pem", tmp_path / "keys" / "release.pub"
    make_private(key, public)
    made = Workshop(
        ReleaseSettings(
            root=tmp_path / "work",
            bundles=tmp_path / "bundles",
            run=tmp_path / "run",
            key=key,
            trusted=(str(public),),
        )
    )
    made.write("models/omni.tar.gz", model("m1"))
    made.write("models/spacy/omni_pt/meta.json", "{}")
    made.write("knowledge/labels.yml", "a: b")
    made.write("knowledge/situations/slowness.yml", "id: slowness")
    made.write("domain.yml", "responses: {}")
    return made


@pytest.fixture
def refusal() -> Callable[[Callable[[], Any]], str]:
    """Return the one line that something is refused with."""
    from release.wording import Refused

    def line(work: Callable[[], Any]) -> str:
        with pytest.raises(Refused) as caught:
            work()
        text = str(caught.value)
        assert text and "\n" not in text
        return text

    return line
