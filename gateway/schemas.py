"""The shapes of messages: what the page sends, what Rasa answers, what the page gets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gateway.normalise import MAX_CHARACTERS

ShortText = Annotated[str, Field(max_length=200)]


class IncomingMessage(BaseModel):
    """What the page sends: typed text, or the id of a choice that was offered to it."""

    model_config = ConfigDict(strict=True, frozen=True)

    id: UUID = Field(
        strict=False, description="Made by the client; a repeated id gets the first's answer."
    )
    text: str | None = Field(None, max_length=MAX_CHARACTERS)
    choice: str | None = Field(None, max_length=64)
    page: ShortText | None = Field(None, description="Where in the CRM the person is.")

    @model_validator(mode="after")
    def _one_of_text_and_choice(self) -> IncomingMessage:
        if (self.text is None) == (self.choice is None):
            raise ValueError("exactly one of text and choice")
        return self


class Progress(BaseModel):
    """Check `n` of `m` in a guide."""

    n: int = Field(ge=1)
    m: int = Field(ge=1)
    title: str | None = None


class Article(BaseModel):
    """A link; `link` says whether it is the article, a search for it, or the source page."""

    title: str
    url: str
    link: Literal["article", "search", "source"] = "article"


class Outcome(BaseModel):
    """A check that was done, and what it showed."""

    title: str
    outcome: str


class Parts(BaseModel):
    """What a message may carry beside its text; drawn by each channel in its own way."""

    progress: Progress | None = None
    menu: list[str] | None = None
    articles: list[Article] | None = None
    copy_text: str | None = Field(None, alias="copy")
    done: list[Outcome] | None = None
    case: int | str | None = None


class Button(BaseModel):
    """A choice as Rasa offers it; `payload` never leaves the gateway."""

    title: str
    payload: str
    more: bool = False


class RasaMessage(BaseModel):
    """One message of Rasa's answer; unknown fields are ignored."""

    text: str | None = None
    buttons: list[Button] | None = None
    custom: Parts | None = None

    def is_visible(self) -> bool:
        """Whether there is anything in it that a person would see."""
        parts = self.custom.model_dump(exclude_none=True) if self.custom else {}
        return bool((self.text or "").strip() or self.buttons or any(parts.values()))


class OutgoingChoice(BaseModel):
    """A choice as the page gets it."""

    id: str
    label: str
    more: bool = False


class OutgoingMessage(Parts):
    """A stored message as the page gets it. `seq` grows by one within a conversation."""

    model_config = ConfigDict(populate_by_name=True)

    seq: int
    sender: Literal["user", "assistant", "system"] = Field(alias="from")
    text: str
    choices: list[OutgoingChoice] | None = None
    at: datetime
    id: str | None = Field(None, description="The client's id, on the user's own messages.")
    choice: str | None = Field(None, description="The choice that this user message took.")


class MessageList(BaseModel):
    """Messages in their order."""

    messages: list[OutgoingMessage]


class SessionCreated(BaseModel):
    """A new conversation and the token that opens it."""

    token: str
    conversation: str


class Readiness(BaseModel):
    """Which of the things that an answer needs are up."""

    rasa: bool
    actions: bool
    store: bool
