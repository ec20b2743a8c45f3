"""Measured comparisons with peers, each one command."""
