"""Reads the public sets from a folder of the layout in sources.yml. Nothing is downloaded here."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Text and label.
Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Split:
    """What is learnt and what is judged; `outside` are out-of-scope texts of the test, by kind."""

    train: Rows
    test: Rows
    valid: Rows = field(default_factory=list)
    outside: Mapping[str, Sequence[str]] = field(default_factory=dict)
    outside_valid: Sequence[str] = ()


def read_rows(path: Path) -> Rows:
    """Return the (training) rows of a CSV, TSV or JSON file in the form of its set."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as lines:
            return [(row["text"], row["category"]) for row in csv.DictReader(lines)]
    if path.suffix == ".tsv":
        pairs = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
        return [(text, label) for label, text in pairs]
    return _pairs(read_json(path)["train"])


def read_json(path: Path) -> Any:
    """Return the content of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_json_lines(path: Path) -> list[dict[str, str]]:
    """Return the objects of a file with one on each line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def banking77(folder: Path, shots: str) -> Split:
    """Return `full`, or the published `5`- or `10`-shot split."""
    rows = read_rows(folder / "banking77/train.csv")
    train = rows if shots == "full" else _at(rows, folder / "banking77", shots)
    return Split(train, read_rows(folder / "banking77/test.csv"))


def hwu64(folder: Path, shots: str) -> Split:
    """Return `full`, or the published `5`- or `10`-shot split."""
    name = "train" if shots == "full" else f"train_{shots}"
    train, valid, test = (
        read_rows(folder / f"hwu64/{part}.tsv") for part in (name, "valid", "test")
    )
    return Split(train, test, valid)


def clinc150(folder: Path, shots: str) -> Split:
    """Return `full`, or the published `5`- or `10`-shot split, with the out-of-scope part."""
    found = read_json(folder / "clinc150/data_full.json")
    rows = _pairs(found["train"])
    train = rows if shots == "full" else _at(rows, folder / "clinc150", shots)
    outside = {part: [text for text, _ in found[f"oos_{part}"]] for part in ("val", "test")}
    return Split(
        train, _pairs(found["test"]), _pairs(found["val"]), {"far": outside["test"]}, outside["val"]
    )


def clinc150_outside_training(folder: Path) -> list[str]:
    """Return the hundred out-of-scope texts that the authors set apart for training."""
    return [text for text, _ in read_json(folder / "clinc150/data_full.json")["oos_train"]]


def braun(folder: Path, name: str) -> Split:
    """Return one of the corpora of Braun et al. by its official split, `None` as an intent."""
    sentences = read_json(folder / f"braun_nlu_corpora/{name}Corpus.json")["sentences"]
    parts: dict[bool, Rows] = {True: [], False: []}
    for sentence in sentences:
        parts[sentence["training"]].append((sentence["text"], sentence["intent"]))
    return Split(parts[True], parts[False])


def single_domain(folder: Path, domain: str) -> Split:
    """Return CLINC-Single-Domain-OOS: `near` are held-out intents of the domain, `far` any."""
    place = folder / "clinc_single_domain_oos"
    parts: dict[str, Rows] = defaultdict(list)
    for row in read_json_lines(place / f"{domain}.jsonl"):
        parts[row["split"]].append((row["text"], row["label"]))
    everywhere = [r for r in read_json_lines(place / "banking.jsonl") if "ood-oos" in r["split"]]
    outside = {
        "near": [text for text, _ in parts["id-oos/test"]],
        "far": [row["text"] for row in everywhere if row["split"] == "ood-oos/test"],
    }
    near_valid = [text for text, _ in parts["id-oos/valid"]]
    return Split(parts["train"], parts["test"], parts["valid"], outside, near_valid)


def tais(folder: Path, most: int = 20) -> Rows:
    """Return the utterances in scope, the first `most` of each intent."""
    by_intent: dict[str, Rows] = defaultdict(list)
    for row in read_json_lines(folder / "tais_ptbr/tais_intents.jsonl"):
        if row["intent"] != "out_of_scope" and len(by_intent[row["intent"]]) < most:
            by_intent[row["intent"]].append((row["text"], row["intent"]))
    return [row for rows in by_intent.values() for row in rows]


def faquad(folder: Path) -> tuple[list[str], list[tuple[str, int]]]:
    """Return the paragraphs, and each question with the place of its paragraph."""
    paragraphs = [
        paragraph
        for article in read_json(folder / "faquad/dataset.json")["data"]
        for paragraph in article["paragraphs"]
    ]
    questions = [
        (question["question"], place)
        for place, paragraph in enumerate(paragraphs)
        for question in paragraph["qas"]
    ]
    return [paragraph["context"] for paragraph in paragraphs], questions


def _pairs(rows: Sequence[Sequence[str]]) -> Rows:
    return [(text, label) for text, label in rows]


def _at(rows: Rows, place: Path, shots: str) -> Rows:
    return [
        rows[number] for number in read_json(place / "fewshot_row_index.json")[f"train_{shots}"]
    ]
