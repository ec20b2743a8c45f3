"""Rasa without TensorFlow: it imports, others are not deceived, and who needs it is told so."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest
import yaml

from assistant.settings import ROOT

KIN = re.compile(r"^(tensorflow|keras|tensorboard|jax)", re.MULTILINE)
PIPELINE = [{"name": "WhitespaceTokenizer"}, {"name": "CountVectorsFeaturizer"}]
NLU = {
    "version": "3.1",
    "nlu": [
        {"intent": "greet", "examples": "- oi\n- bom dia\n"},
        {"intent": "bye", "examples": "- tchau\n- até logo\n"},
    ],
}


def pinned(name: str) -> str:
    return (ROOT / "requirements" / name).read_text()


@pytest.mark.parametrize("name", ["rasa.txt", "rasa-dev.txt"])
def test_what_serves_and_tests_does_not_install_tensorflow(name: str) -> None:
    assert not KIN.search(pinned(name))
    assert KIN.search(pinned("rasa-full.txt"))


@pytest.mark.parametrize("name", ["sitecustomize.py", "without_tensorflow.py"])
def test_the_environment_has_this_commits_copy(name: str) -> None:
    installed = Path(importlib.import_module("without_tensorflow").__file__ or "").parent / name
    assert installed.read_text() == (ROOT / "requirements" / name).read_text()


def test_every_component_of_rasa_can_be_imported() -> None:
    components = importlib.import_module("rasa.engine.recipes.default_components")
    names = {component.__name__ for component in components.DEFAULT_COMPONENTS}
    assert {"DIETClassifier", "TEDPolicy", "RulePolicy"} <= names


def test_who_only_looks_whether_it_is_there_sees_that_it_is_not() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("tensorflow.experimental.dlpack")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("tensorflow_hub")
    assert not importlib.import_module("thinc.compat").has_tensorflow


def test_a_tensorflow_that_is_installed_is_found_first() -> None:
    finder = importlib.import_module("without_tensorflow").Finder
    positions = [isinstance(one, finder) for one in sys.meta_path]
    assert positions.count(True) == 1
    assert positions.index(True) > sys.meta_path.index(importlib.machinery.PathFinder)


def test_a_config_with_diet_is_refused_in_words(tmp_path: Path) -> None:
    from rasa.model_training import train_nlu
    from rasa.shared.exceptions import InvalidConfigException

    pipeline = [*PIPELINE, {"name": "DIETClassifier", "epochs": 1}]
    config = {"recipe": "default.v1", "language": "pt", "assistant_id": "x", "pipeline": pipeline}
    (tmp_path / "config.yml").write_text(yaml.safe_dump(config))
    (tmp_path / "nlu.yml").write_text(yaml.safe_dump(NLU, allow_unicode=True))
    with pytest.raises(InvalidConfigException) as told:
        train_nlu(str(tmp_path / "config.yml"), str(tmp_path / "nlu.yml"), str(tmp_path))
    assert "diet_classifier.DIET precisa do TensorFlow" in str(told.value)
    assert "`make full`" in str(told.value)
