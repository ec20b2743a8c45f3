"""Guides: every way through every situation."""

from tests.support.network import no_network  # noqa: F401
