"""The real servers, started once for the folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stack import Stack, Visitor


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("stack"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def visitor(stack: Stack) -> Visitor:
    return Visitor(stack.url)
