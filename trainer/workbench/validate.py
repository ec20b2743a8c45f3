"""Whether the files may become what a change makes of them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from assistant.knowledge import KnowledgeError, load_knowledge
from trainer.workbench.draft import Write
from trainer.workbench.errors import Refused


def validate(root: Path, writes: Sequence[Write]) -> None:
    """Raise Refused with every fault that the writes would bring.

    Faults that are there already do not count: they may take several changes to mend.
    """
    faults = [fault for write in writes for fault in _unreadable(write)]
    if not faults and any(write.file.startswith("knowledge/") for write in writes):
        faults = _faults_of_knowledge(root, writes)
        if faults:
            faults = sorted(set(faults) - set(_faults_of_knowledge(root, ())))
            # A file that cannot be used is missed by all that name it; only its own faults tell.
            own = tuple(f"{Path(write.file).name}: " for write in writes)
            faults = [fault for fault in faults if fault.startswith(own)] or faults
    if faults:
        raise Refused(*faults)


def _unreadable(write: Write) -> list[str]:
    try:
        yaml.load(write.after or "", Loader=yaml.BaseLoader)  # noqa: S506
    except yaml.YAMLError as error:
        return [f"{write.file}: {error}"]
    return []


def _faults_of_knowledge(root: Path, writes: Sequence[Write]) -> list[str]:
    with TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(root / "knowledge", copy / "knowledge")
        for write in (w for w in writes if w.file.startswith("knowledge/")):
            path = copy / write.file
            if write.after is None:
                path.unlink(missing_ok=True)
            else:
                path.write_text(write.after, encoding="utf-8")
        try:
            load_knowledge(copy / "knowledge")
        except KnowledgeError as error:
            return error.faults
    return []
