"""Backups of everything that people said; a restored one does not bring back who was erased."""
