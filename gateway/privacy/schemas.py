"""The shapes of what is kept about a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

Rows = list[dict[str, Any]]


class Me(BaseModel):
    """How much is kept about the visitor, and for how long."""

    since: datetime
    messages: int
    cases: int
    feedback: int
    retention_days: int = Field(description="Days without a change until all of it is erased.")
    identified: bool


class Export(BaseModel):
    """Everything that is kept about the visitor, as it is stored."""

    model_config = ConfigDict(extra="allow")

    conversation: str
    messages: Rows
    feedback: Rows
    cases: Rows
    tracker: Rows = Field(description="Rasa's events.")


class Erased(BaseModel):
    """The visitor is erased; `pending` names stores that will follow as soon as they can."""

    erased: bool
    pending: list[str]


class Judgement(BaseModel):
    """What someone thinks of an answer."""

    model_config = ConfigDict(strict=True, frozen=True)

    helpful: bool
    reason: str | None = Field(None, max_length=500)
