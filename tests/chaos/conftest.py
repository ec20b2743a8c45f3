"""The proxies between processes, for the tests of what they do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chaos.links import Links


@pytest.fixture
def links() -> Iterator[Links]:
    made = Links(1)
    yield made
    made.stop()
