"""A bundle as one file: a zip whose comment is an Ed25519 signature of every byte before it."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from release import manifest as manifests
from release.keys import is_signed, name_of
from release.manifest import Manifest, read_manifest
from release.wording import Refused

MODEL: Final = "models/omni.tar.gz"
REPORT: Final = "report.json"
# Without one of these nothing can be served.
NEEDED = (MODEL, "models/spacy/omni_pt/meta.json", "knowledge/labels.yml", "domain.yml", REPORT)
# Workers run with the bundle's folder as theirs, so a bundle may never bring code.
_PLACES = re.compile(
    r"models/omni\.tar\.gz|models/spacy/omni_pt/[\w./-]+|domain\.yml|report\.json"
    r"|knowledge/(?:[\w-]+/)?[\w-]+\.(?:yml|json)"
)
_CODE = (".py", ".pyc", ".so", ".pth")
MOST_BYTES = 500_000_000
_COMMENT = re.compile(rb"omni1 ([0-9a-f]{64}) ([0-9a-f]{128})\Z")
_COMMENT_BYTES = 6 + 64 + 1 + 128
# Every zip entry gets this date, so that the same content gives the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Bundle:
    """A bundle that was checked in full."""

    manifest: Manifest
    content: Mapping[str, bytes]
    sha256: str


def pack(manifest: Manifest, members: Mapping[str, bytes], key: Ed25519PrivateKey) -> bytes:
    """Return the signed file; the manifest gets the members' hashes here."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
    said = replace(manifest, members=hashes).to_bytes()
    return pack_raw([(manifests.NAME, said), *members.items()], key)


def pack_raw(entries: Iterable[tuple[str, bytes]], key: Ed25519PrivateKey) -> bytes:
    """Return a signed zip of whatever `entries` hold."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name, _DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content)
        archive.comment = bytes(_COMMENT_BYTES)
    signed = buffer.getvalue()[:-_COMMENT_BYTES]
    names = f"omni1 {name_of(key.public_key())} {key.sign(signed).hex()}"
    return signed + names.encode()


def open_bundle(path: Path, trusted: Mapping[str, Ed25519PublicKey]) -> Bundle:
    """Return a bundle of which every byte is checked; raise Refused with one line."""
    if not path.is_file():
        raise Refused("refused.absent", version=path.stem, folder=path.parent)
    if path.stat().st_size > MOST_BYTES:
        raise Refused("refused.large", file=path.name)
    content = path.read_bytes()
    _check_signature(path.name, content, trusted)  # before anything else reads what is in it
    with _zip(path.name, content) as archive:
        members = dict(_members(path.name, archive))
    manifest = _manifest(path.name, members)
    return Bundle(manifest, members, hashlib.sha256(content).hexdigest())


def _check_signature(file: str, content: bytes, trusted: Mapping[str, Ed25519PublicKey]) -> None:
    found = _COMMENT.search(content[-_COMMENT_BYTES:])
    if found is None:
        _zip(file, content).close()
        raise Refused("refused.unsigned", file=file)
    name, signature = found[1].decode(), bytes.fromhex(found[2].decode())
    if name not in trusted:
        raise Refused("refused.foreign", file=file, signer=name[:16])
    if not is_signed(trusted[name], signature, content[:-_COMMENT_BYTES]):
        raise Refused("refused.changed", file=file)


def _zip(file: str, content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Refused("refused.unreadable", file=file) from None


def _members(file: str, archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    infos = archive.infolist()
    if sum(info.file_size for info in infos) > MOST_BYTES:
        raise Refused("refused.large", file=file)
    seen: set[str] = set()
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        plain = kind in (0, stat.S_IFREG) and not info.is_dir() and info.filename not in seen
        if not plain or not (info.filename == manifests.NAME or is_allowed(info.filename)):
            raise Refused("refused.path", file=file, member=ascii(info.filename))
        seen.add(info.filename)
        try:
            yield info.filename, archive.read(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError):
            raise Refused("refused.unreadable", file=file) from None


def is_allowed(name: str) -> bool:
    """Whether a bundle may hold a file of that path: known places, below its folder, no code."""
    parts = PurePosixPath(name).parts
    below = ".." not in parts and "." not in name.split("/") and "//" not in name
    return bool(below and _PLACES.fullmatch(name)) and not name.endswith(_CODE)


def _manifest(file: str, members: dict[str, bytes]) -> Manifest:
    if manifests.NAME not in members:
        raise Refused("refused.missing", file=file, member=manifests.NAME)
    try:
        manifest = read_manifest(members.pop(manifests.NAME))
    except ValueError as error:
        raise Refused("refused.format", file=file, reason=error) from None
    for name in [*NEEDED, *manifest.members]:
        if name not in members or name not in manifest.members:
            raise Refused("refused.missing", file=file, member=name)
    for name, content in members.items():
        if name not in manifest.members:
            raise Refused("refused.extra", file=file, member=name)
        if hashlib.sha256(content).hexdigest() != manifest.members[name]:
            raise Refused("refused.member", file=file, member=name)
    return manifest
