"""The network is blocked in these tests, and a test that tries it fails at once."""

from __future__ import annotations

import socket

import pytest
from pytest_socket import SocketBlockedError


def test_a_socket_to_the_network_is_refused():
    with pytest.raises(SocketBlockedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)


def test_a_unix_socket_still_opens():
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as local:
        assert local.fileno() > 0
