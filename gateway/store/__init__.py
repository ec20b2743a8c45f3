"""Conversations and messages on disk."""

from gateway.store.repository import Store
from gateway.store.values import Choice, NewMessage, OfferedChoice, Page, Reply, State, Turn

__all__ = ["Choice", "NewMessage", "OfferedChoice", "Page", "Reply", "State", "Store", "Turn"]
