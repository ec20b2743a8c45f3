"""Contracts: the files agree with each other, and the code with the files."""

from tests.support.network import no_network  # noqa: F401
