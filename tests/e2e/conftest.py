"""The real servers, started once for the folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from talker import Visitor

from chaos.places.embedded import Stack


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("stack"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def stack(servers: Stack) -> Stack:
    """All three servers, up again whatever the test before did to them."""
    servers.start()
    return servers


@pytest.fixture
def visitor(stack: Stack) -> Visitor:
    return Visitor(stack.url)
