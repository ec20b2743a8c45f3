"""Lets Rasa run without TensorFlow. Copied into .venv beside sitecustomize.py, which installs it.

Rasa 3.6 imports TensorFlow and Keras wherever it starts, for components that this assistant does
not use (DIET, TED, ResponseSelector ...): 2 GB on disk, half of the memory and half of the start
(docs/performance.md). Upstream has no way around it: rasa/engine/recipes/default_components.py
imports every component there is, each of which imports TensorFlow at its top.

Here those imports get an empty module whose every name is an empty class: enough to be subclassed
and to stand in annotations, which is all that Rasa does with them at import. Whoever makes one of
them for use is told what to install. Where TensorFlow is installed
(.venv-full, `make full`) nothing of this is used: it answers last, for what nobody else found.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

# All that Rasa 3.6.21 imports, and nothing else: others, which only look whether TensorFlow is
# there (thinc, transformers), ask for more, are told that it is not, and go on without it.
MODULES = frozenset(
    {
        "keras",
        "keras.utils",
        "keras.utils.control_flow_util",
        "tensorflow",
        "tensorflow.keras",
        "tensorflow.keras.backend",
        "tensorflow.keras.utils",
        "tensorflow.python",
        "tensorflow.python.eager",
        "tensorflow.python.eager.wrap_function",
        "tensorflow.types",
        "tensorflow.types.experimental",
    }
)
MESSAGE = (
    "{name} precisa do TensorFlow, que este ambiente não tem: tire do config.yml o componente que "
    "o usa (DIETClassifier, TEDPolicy, ResponseSelector ...), ou use o ambiente completo: "
    "`make full`, depois .venv-full/bin/rasa.\n"
    "{name} needs TensorFlow, which is not in this environment: take the component that uses it "
    "out of config.yml, or use the full environment: `make full`, then .venv-full/bin/rasa."
)


class _Empty(type):
    """The class of empty classes: it has any attribute, and cannot be called."""

    def __getattr__(cls, name: str) -> Any:
        return _empty(f"{cls.__module__}.{cls.__qualname__}", name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        from rasa.shared.exceptions import InvalidConfigException  # told in one line

        raise InvalidConfigException(MESSAGE.format(name=f"{cls.__module__}.{cls.__qualname__}"))


class _EmptyModule(types.ModuleType):
    """A module that has any name: each an empty class."""

    def __getattr__(self, name: str) -> Any:
        return _empty(self.__name__, name)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of MODULES where no other finder did."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of an empty module, None for any other name."""
        if fullname not in MODULES:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Make the empty module."""
        return _EmptyModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Do nothing: it is empty."""


def install() -> None:
    """Answer for TensorFlow from now on, after every other finder."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.append(Finder())


def _empty(owner: str, name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"{owner}.{name}")
    return _Empty(name, (), {"__module__": owner})
