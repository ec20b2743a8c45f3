"""Contracts: the files agree with each other, and the code with the files."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.settings import ROOT
from tests.support.conversation import world
from tests.support.network import no_network  # noqa: F401

Examples = dict[str, list[str]]


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@lru_cache
def read_examples(folder: Path) -> Examples:
    """Return the examples of each intent in the NLU files of a folder."""
    found: Examples = {}
    for path in sorted(folder.rglob("*.yml")):
        for block in (read(path) or {}).get("nlu", []):
            if "intent" in block and isinstance(block["examples"], str):
                lines = block["examples"].splitlines()
                examples = [line.removeprefix("- ").strip() for line in lines if line.strip()]
                found.setdefault(block["intent"], []).extend(examples)
    return found


def parsed(*folders: str) -> dict[str, ast.Module]:
    """Return the syntax tree of every module of some folders, by path."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return {str(p.relative_to(ROOT)): ast.parse(p.read_text(encoding="utf-8")) for p in paths}


def strings(tree: ast.AST) -> list[str]:
    """Return every string constant below a node, docstrings left out."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    holders = [node for node in ast.walk(tree) if isinstance(node, kinds)]
    docs = {id(n.body[0].value) for n in holders if n.body and isinstance(n.body[0], ast.Expr)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [n.value for n in constants if isinstance(n.value, str) and id(n) not in docs]


@pytest.fixture(scope="session")
def domain() -> Any:
    """What domain.yml holds."""
    return read(ROOT / "domain.yml")


@pytest.fixture(scope="session")
def situations() -> set[str]:
    """The ids of the situations."""
    return set(world().knowledge.situations)


@pytest.fixture(scope="session")
def training() -> Examples:
    """The training examples of each intent."""
    return read_examples(ROOT / "data")


@pytest.fixture(scope="session")
def heldout() -> Examples:
    """The held-out examples of each intent."""
    return read_examples(ROOT / "tests/nlu/heldout")


@pytest.fixture(scope="session")
def tuning() -> Examples:
    """The examples on which the thresholds are tuned."""
    return read_examples(ROOT / "tests/nlu/tuning")
