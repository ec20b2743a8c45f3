"""Turns the files of public repositories into the stored ones: pure functions over bytes.

Each takes the manifest's entry and the downloads by path, and returns the content to store.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.nlu.data import Rows, read_rows

Entry = Mapping[str, Any]
Downloads = Mapping[str, bytes]
LEAST_UTTERANCES = 5
_INTENT = re.compile(r"##\s*intent:\s*(\S+)")
_ENTITY = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def needed(entry: Entry) -> list[str]:
    """Return the paths in the repository that an entry is made of."""
    folder = "" if entry["folder"] == "." else entry["folder"] + "/"
    ends = {"copy": [""], "rasa_markdown": [".md"]}.get(entry["way"], ["/seq.in", "/label"])
    return [f"{folder}{part}{end}" for part in entry["parts"] for end in ends]


def convert(entry: Entry, downloads: Downloads, stored: Path) -> bytes:
    """Return the content of an entry; `stored` is the folder of the entries made before it."""
    ways: dict[str, Callable[[Entry, Downloads, Path], str | bytes]] = {
        "copy": _copy, "tsv": _tsv, "jsonl": _jsonl, "rows": _rows, "rasa_markdown": _tais,
    }  # fmt: skip
    made = ways[entry["way"]](entry, downloads, stored)
    return made if isinstance(made, bytes) else made.encode()


def _copy(entry: Entry, downloads: Downloads, stored: Path) -> bytes:
    return downloads[needed(entry)[0]]


def _tsv(entry: Entry, downloads: Downloads, stored: Path) -> str:
    """One line for each sentence: intent, tab, text."""
    return "".join(f"{label}\t{text}\n" for _, text, label in _sentences(entry, downloads))


def _jsonl(entry: Entry, downloads: Downloads, stored: Path) -> str:
    """One object for each sentence: the part of the split, label and text."""
    return "".join(
        json.dumps({"split": part, "label": label, "text": text}, ensure_ascii=False) + "\n"
        for part, text, label in _sentences(entry, downloads)
    )


def _rows(entry: Entry, downloads: Downloads, stored: Path) -> str:
    """The number of each part's sentences in the training file; the splits lower-cased them."""
    known: dict[str, int] = {}
    for number, (text, _) in enumerate(read_rows(stored / entry["rows_of"])):
        known.setdefault(_key(text), number)
    found: dict[str, list[int]] = {part: [] for part in entry["parts"]}
    for part, text, _ in _sentences(entry, downloads):
        found[part].append(known[_key(text)])
    return json.dumps(found)


def _sentences(entry: Entry, downloads: Downloads) -> Iterator[tuple[str, str, str]]:
    """Yield part, text and label of the pairs of files `seq.in` and `label`."""
    paths = iter(needed(entry))
    for part in entry["parts"]:
        texts, labels = (downloads[next(paths)].decode().split("\n") for _ in range(2))
        yield from ((part, t, label) for t, label in zip(texts, labels, strict=True) if t)


def _tais(entry: Entry, downloads: Downloads, stored: Path) -> str:
    """Utterances of Rasa's old Markdown: entities taken out, duplicates and small intents left."""
    rows: dict[str, tuple[str, str]] = {}
    for path in needed(entry):
        for text, intent in _utterances(downloads[path].decode()):
            rows.setdefault(text.lower(), (text, intent))
    sizes = Counter(intent for _, intent in rows.values())
    return "".join(
        json.dumps({"intent": intent, "text": text}, ensure_ascii=False) + "\n"
        for text, intent in rows.values()
        if sizes[intent] >= LEAST_UTTERANCES
    )


def _utterances(markdown: str) -> Rows:
    found, intent = [], ""
    for line in markdown.split("\n"):
        if line.startswith("##"):
            heading = _INTENT.match(line)
            intent = heading.group(1) if heading else ""
        elif line.lstrip().startswith("- ") and intent:
            found.append((_ENTITY.sub(r"\1", line.strip()[1:].strip()), intent))
    return found


def _key(text: str) -> str:
    return " ".join(text.lower().split())
