"""What a card sends back, read without trusting it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.channels.teams.case import MAX_ANSWER
from gateway.schemas import MAX_SEQ

Id = Annotated[str, Field(max_length=64)]


class Submitted(BaseModel):
    """The `value` of an activity: a choice of a message, or an action on a case or an answer."""

    model_config = ConfigDict(strict=True, frozen=True)

    choice: Id | None = None
    other: Id | None = None
    message: int | None = Field(None, ge=0, le=MAX_SEQ)
    action: Id | None = None
    reference: str | None = Field(None, max_length=2000)
    case: int | None = Field(None, ge=0, le=MAX_SEQ)
    check: Id | None = None
    situation: Id | None = None
    reply: str | None = Field(None, max_length=MAX_ANSWER)
    reason: str | None = Field(None, max_length=MAX_ANSWER)

    @property
    def taken(self) -> str | None:
        """Return the id of the choice that was taken, by button or from the list."""
        return self.choice or self.other or None


def read_submitted(value: Any) -> Submitted | None:
    """Return what a card sent, or None where it is of no form that our cards send."""
    try:
        return Submitted.model_validate(value)
    except ValidationError:
        return None
