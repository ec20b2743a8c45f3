"""Builds spaCy's Portuguese pipeline: the ruler's patterns from data/spacy/ and knowledge/.

Run as `python -m trainer.spacy_pipeline`; it does what `spacy assemble` does, in one process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import srsly
import yaml
from spacy.util import load_config, load_model_from_config

from assistant.knowledge import Knowledge, load_knowledge
from assistant.settings import ROOT, Settings
from assistant.text import strip_accents

OUT = ROOT / "models" / "spacy"
Pattern = dict[str, Any]


def main() -> None:
    """Write models/spacy/patterns.jsonl and build models/spacy/omni_pt."""
    terms = yaml.safe_load((ROOT / "data/spacy/terms.yml").read_text(encoding="utf-8"))
    knowledge = load_knowledge(Settings.from_env().knowledge_dir)
    OUT.mkdir(parents=True, exist_ok=True)
    srsly.write_jsonl(OUT / "patterns.jsonl", patterns(terms, knowledge))
    pipeline = load_model_from_config(load_config(ROOT / "data/spacy/config.cfg"), auto_fill=True)
    pipeline.initialize()
    pipeline.to_disk(OUT / "omni_pt")


def patterns(terms: dict[str, list[str]], knowledge: Knowledge) -> list[Pattern]:
    """Return the ruler's patterns, each with `label` and `pattern`, without repeats."""
    found = [
        *_phrases("product_module", terms["product_module"]),
        *_phrases("own_password", terms["own_password"]),
        *_phrases("menu_name", _menu_names(knowledge, set(terms["product_module"]))),
        *_phrases("error_text", _error_texts(knowledge, set(terms["error_codes"]))),
        *_error_codes(terms),
        {"label": "email_address", "pattern": [{"LIKE_EMAIL": True}]},
        *_queue_names(),
    ]
    return list({srsly.json_dumps(p): p for p in found}.values())


def _phrases(label: str, texts: Iterable[str]) -> Iterator[Pattern]:
    for text in texts:
        for spelling in {text, strip_accents(text)}:
            yield {"label": label, "pattern": spelling}


def _menu_names(knowledge: Knowledge, modules: set[str]) -> Iterator[str]:
    """A menu name of one word is an ordinary word too, so it does not count."""
    for situation in knowledge.situations.values():
        for check in situation.checks:
            yield from (m for m in check.menu if " " in m and m not in modules)


def _error_texts(knowledge: Knowledge, codes: set[str]) -> Iterator[str]:
    for article in knowledge.articles.values():
        yield from (text for text in article.error_texts if text not in codes)


def _error_codes(terms: dict[str, list[str]]) -> Iterator[Pattern]:
    words = {"LOWER": {"IN": [s for w in terms["error_words"] for s in {w, strip_accents(w)}]}}
    between = {"LOWER": {"IN": [":", "-", "(", "de", "do", "numero", "nº", "#"]}, "OP": "?"}
    yield {
        "label": "error_code",
        "pattern": [words, between, {"TEXT": {"IN": terms["error_codes"]}}],
    }
    yield {"label": "error_code", "pattern": [{"TEXT": {"IN": terms["error_codes_alone"]}}]}


def _queue_names() -> Iterator[Pattern]:
    """ "fila Retenção", "fila de Cobrança SP": what follows "fila" with a capital."""
    link = {"LOWER": {"IN": ["de", "da", "do"]}, "OP": "?"}
    name = {"TEXT": {"REGEX": "^[A-ZÀ-Ú][A-Za-zÀ-ú0-9_-]+$"}, "OP": "+"}
    yield {"label": "queue_name", "pattern": [{"LOWER": "fila"}, link, name]}


if __name__ == "__main__":
    main()
