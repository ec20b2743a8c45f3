"""A bundle is taken only as it was signed, by someone who is trusted, and whole."""

from __future__ import annotations

import io
import random
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from release.archive import is_allowed, pack_raw
from release.build import collect
from release.keys import make_private, name_of, read_private
from release.manifest import NAME, Manifest
from tests.release.conftest import Workshop

V1 = "2026-11-29.1"
Refusal = Callable[[Callable[[], Any]], str]


def entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_a_bundle_holds_the_folder_and_says_what_it_is(workshop: Workshop) -> None:
    workshop.bundle(V1)
    bundle = workshop.shelf.open(V1)
    assert bundle.content["domain.yml"] == b"responses: {}"
    assert set(bundle.content) == set(collect(workshop.settings.root).files) | {"report.json"}
    said = bundle.manifest
    assert (said.version, said.model, said.format) == (V1, "m1", 1)
    assert said.figures == {"situation_first": 0.91}
    assert said.creator and said.created.startswith("20")
    assert set(said.members) == set(bundle.content)


def test_every_single_byte_counts(workshop: Workshop, refusal: Refusal) -> None:
    path = workshop.bundle(V1)
    content = path.read_bytes()
    chance = random.Random(6)
    places = [*range(len(content) - 230, len(content)), *chance.sample(range(len(content)), 400)]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        assert "recusado" in refusal(lambda: workshop.shelf.open(V1)), place
    path.write_bytes(content)
    workshop.shelf.open(V1)


@pytest.mark.parametrize("end", [0, 1, 100, -1, -199, -200])
def test_a_file_cut_short_is_refused(workshop: Workshop, refusal: Refusal, end: int) -> None:
    path = workshop.bundle(V1)
    path.write_bytes(path.read_bytes()[:end])
    assert "recusado" in refusal(lambda: workshop.shelf.open(V1))


def test_something_put_before_or_behind_is_refused(workshop: Workshop, refusal: Refusal) -> None:
    path = workshop.bundle(V1)
    content = path.read_bytes()
    for changed in (b"x" + content, content + b"x"):
        path.write_bytes(changed)
        assert "recusado" in refusal(lambda: workshop.shelf.open(V1))


def test_without_a_signature_it_is_refused(workshop: Workshop, refusal: Refusal) -> None:
    path = workshop.bundle(V1)
    buffer = io.BytesIO()
    found = entries(path)
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    path.write_bytes(buffer.getvalue())
    assert "não tem assinatura" in refusal(lambda: workshop.shelf.open(V1))


def test_what_is_no_zip_is_refused(workshop: Workshop, refusal: Refusal) -> None:
    path = workshop.bundle(V1)
    path.write_bytes(b"um texto qualquer" * 100)
    assert "não é um pacote" in refusal(lambda: workshop.shelf.open(V1))


def test_a_foreign_key_is_refused_and_trusted_by_its_digits(
    workshop: Workshop, refusal: Refusal, tmp_path: Path
) -> None:
    make_private(tmp_path / "other.pem", tmp_path / "other.pub")
    workshop.bundle(V1, key=tmp_path / "other.pem")
    assert "não confia" in refusal(lambda: workshop.shelf.open(V1))
    digits = name_of(read_private(tmp_path / "other.pem").public_key())
    trusting = replace(workshop.settings, trusted=(*workshop.settings.trusted, digits))
    Workshop(trusting).shelf.open(V1)


@pytest.mark.parametrize(
    "missing",
    ["models/omni.tar.gz", "domain.yml", "report.json", "knowledge/situations/slowness.yml"],
)
def test_a_missing_member_is_named(workshop: Workshop, refusal: Refusal, missing: str) -> None:
    path = workshop.bundle(V1)
    kept = [(name, content) for name, content in entries(path).items() if name != missing]
    path.write_bytes(pack_raw(kept, workshop.key))
    line = refusal(lambda: workshop.shelf.open(V1))
    assert line.startswith("Pacote recusado: falta") and missing in line


def test_without_a_manifest_it_is_refused(workshop: Workshop, refusal: Refusal) -> None:
    path = workshop.bundle(V1)
    kept = [(name, content) for name, content in entries(path).items() if name != NAME]
    path.write_bytes(pack_raw(kept, workshop.key))
    assert NAME in refusal(lambda: workshop.shelf.open(V1))


def test_a_member_that_the_manifest_does_not_list_is_refused(
    workshop: Workshop, refusal: Refusal
) -> None:
    path = workshop.bundle(V1)
    more = [*entries(path).items(), ("knowledge/situations/more.yml", b"x")]
    path.write_bytes(pack_raw(more, workshop.key))
    assert "não lista" in refusal(lambda: workshop.shelf.open(V1))


def test_a_member_other_than_the_manifest_says_is_refused(
    workshop: Workshop, refusal: Refusal
) -> None:
    path = workshop.bundle(V1)
    changed = entries(path) | {"domain.yml": b"responses: {utter_greet: []}"}
    path.write_bytes(pack_raw(changed.items(), workshop.key))
    assert "não confere com o manifesto" in refusal(lambda: workshop.shelf.open(V1))


@pytest.mark.parametrize(
    "name",
    [
        "../evil.yml",
        "knowledge/../../evil.yml",
        "/etc/evil.yml",
        "knowledge\\..\\evil.yml",
        "knowledge/situations/../../x.yml",
        "models/spacy/omni_pt/../../../actions.py",
        "models/spacy/omni_pt/evil.py",
        "actions/__init__.py",
        "knowledge//x.yml",
        "knowledge/./x.yml",
        "C:/evil.yml",
        "domain.yml/",
    ],
)
def test_no_file_leaves_its_place(workshop: Workshop, refusal: Refusal, name: str) -> None:
    assert not is_allowed(name)
    path = workshop.bundle(V1)
    path.write_bytes(pack_raw([*entries(path).items(), (name, b"x")], workshop.key))
    assert "fora do lugar" in refusal(lambda: workshop.shelf.open(V1))


def test_a_link_is_refused(workshop: Workshop, refusal: Refusal, monkeypatch: Any) -> None:
    path = workshop.bundle(V1)
    monkeypatch.setattr(stat, "S_IFREG", stat.S_IFLNK)
    content = pack_raw(entries(path).items(), workshop.key)
    monkeypatch.undo()
    path.write_bytes(content)
    assert "fora do lugar" in refusal(lambda: workshop.shelf.open(V1))


def test_the_same_path_twice_is_refused(workshop: Workshop, refusal: Refusal) -> None:
    path = workshop.bundle(V1)
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = pack_raw([*entries(path).items(), ("domain.yml", b"x")], workshop.key)
    path.write_bytes(twice)
    assert "fora do lugar" in refusal(lambda: workshop.shelf.open(V1))


@pytest.mark.parametrize(
    "manifest",
    [
        b"{broken",
        b"[]",
        b'{"format": 2}',
        b'{"format": 1}',
        b'{"format": 1, "version": "../x", "created": "", "creator": "", "model": ""}',
        b'{"format": 1, "version": "2026-11-29.1", "created": 1, "creator": "", "model": ""}',
        b'{"format": 1, "version": "2026-11-29.1", "created": "", "creator": "", "model": "",'
        b' "members": {"domain.yml": "abc"}}',
    ],
)
def test_another_format_is_refused(workshop: Workshop, refusal: Refusal, manifest: bytes) -> None:
    path = workshop.bundle(V1)
    changed = entries(path) | {NAME: manifest}
    path.write_bytes(pack_raw(changed.items(), workshop.key))
    assert "formato" in refusal(lambda: workshop.shelf.open(V1))


def test_a_format_of_tomorrow_is_refused(workshop: Workshop, refusal: Refusal) -> None:
    path = workshop.bundle(V1)
    manifest = workshop.shelf.open(V1).manifest
    later = replace(manifest, format=manifest.format + 1)
    path.write_bytes(pack_raw((entries(path) | {NAME: later.to_bytes()}).items(), workshop.key))
    assert "formato" in refusal(lambda: workshop.shelf.open(V1))


def test_a_key_that_others_can_read_signs_nothing(workshop: Workshop, refusal: Refusal) -> None:
    workshop.settings.key.chmod(0o640)
    assert "chmod 600" in refusal(lambda: workshop.key)


def test_a_new_key_is_for_its_owner_alone(workshop: Workshop) -> None:
    assert stat.S_IMODE(workshop.settings.key.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_what_is_no_key_is_named(workshop: Workshop, refusal: Refusal, content: bytes) -> None:
    workshop.settings.key.write_bytes(content)
    assert "não é uma chave" in refusal(lambda: workshop.key)
    public = Path(workshop.settings.trusted[0])
    public.write_bytes(content)
    line = refusal(
        lambda: (
            workshop.shelf.open(V1)
            if workshop.shelf.file(V1).exists()
            else (
                workshop.shelf.file(V1).parent.mkdir(parents=True),
                workshop.shelf.file(V1).touch(),
                workshop.shelf.open(V1),
            )
        )
    )
    assert "OMNI_RELEASE_TRUSTED" in line


def test_manifests_are_read_as_they_were_written() -> None:
    from release.manifest import read_manifest

    said = Manifest(V1, "2026-11-29T12:00:00+00:00", "zélia", "m1", figures={"a": 0.5})
    assert read_manifest(said.to_bytes()) == said
