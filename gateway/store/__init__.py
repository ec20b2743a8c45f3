"""Conversations and messages on disk."""

from gateway.store.repository import Store
from gateway.store.values import AcceptedMessage, Choice, NewMessage, OfferedChoice, Reply, State

__all__ = ["AcceptedMessage", "Choice", "NewMessage", "OfferedChoice", "Reply", "State", "Store"]
