"""Faults under load, and what became of everybody's messages: `make chaos`, docs/chaos.md."""
