"""No test below this folder's users may reach a network: a socket raises, a unix one does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_socket import disable_socket, enable_socket


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Block the network for one test; asyncio's own socket pairs still work."""
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()
