"""Conversations and messages on disk."""

import gateway.store.console_tables  # noqa: F401 (its tables belong to the metadata)
import gateway.store.desk_tables  # noqa: F401 (likewise)
import gateway.store.reading_tables  # noqa: F401 (likewise)
from gateway.store.repository import Store
from gateway.store.values import Choice, NewMessage, OfferedChoice, Page, Reply, State, Turn

__all__ = ["Choice", "NewMessage", "OfferedChoice", "Page", "Reply", "State", "Store", "Turn"]
