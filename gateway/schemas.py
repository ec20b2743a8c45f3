"""The shapes of messages: what the page sends, what Rasa answers, what the page gets."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic.json_schema import SkipJsonSchema

from gateway.normalise import MAX_CHARACTERS

_log = logging.getLogger(__name__)
MAX_SEQ = 2**53 - 1  # as far as JavaScript counts
ShortText = Annotated[str, Field(max_length=200)]


def _is_text(name: str) -> JsonDict:
    """Return the JSON Schema that says that a field is there and not null."""
    return {"required": [name], "properties": {name: {"type": "string"}}}


def whole(value: Any) -> Any:
    """Return 3 for 3.0: to JSON, and to the described form, they are one number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class IncomingMessage(BaseModel):
    """What the page sends: typed text, or the id of a choice that was offered to it."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        json_schema_extra={"oneOf": [_is_text("text"), _is_text("choice")]},
    )

    id: UUID = Field(
        strict=False, description="Made by the client; a repeated id gets the first's answer."
    )
    text: str | None = Field(None, max_length=MAX_CHARACTERS)
    choice: str | None = Field(None, max_length=64)
    page: ShortText | None = Field(None, description="Where in the CRM the person is.")
    seen: Annotated[int | None, BeforeValidator(whole)] = Field(
        None, ge=0, le=MAX_SEQ, description="The highest seq that the client had drawn."
    )

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

    id: str | None = Field(None, description="The article's id, where it is one of ours.")
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
    show: bool | None = Field(None, description="The person asked where the menu is: point at it.")
    articles: list[Article] | None = None
    copy_text: str | None = Field(None, alias="copy")
    done: list[Outcome] | None = None
    case: int | str | None = None
    author: str | None = Field(None, description="Who of the team wrote it.")


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


class OpenGuide(BaseModel):
    """Where a guide stands after a turn: ids of the knowledge."""

    situation: str
    check: str | None = None


class HeardEvent(BaseModel):
    """One thing that happened in a turn: assistant.dialogue.heard.Happening."""

    kind: str = Field(max_length=16)
    situation: str | None = Field(None, max_length=64)
    check: str | None = Field(None, max_length=64)
    value: str | None = None


class Heard(BaseModel):
    """How Rasa understood a turn and what it led to, for review and figures; no texts."""

    intent: str = Field(max_length=64)
    confidence: float
    understanding: Literal["sure", "torn", "neither", "chosen"]
    trouble: Literal["unsure", "refused"] | None = None
    candidates: list[str] = []
    situation: str | None = Field(None, max_length=64)
    version: str | None = Field(None, max_length=64, description="The id of Rasa's model.")
    events: list[HeardEvent] = []


class RasaAnswer(BaseModel):
    """What Rasa answers a turn; `repeated` where it was answered before, and nothing was run."""

    messages: list[RasaMessage]
    guide: OpenGuide | None = None
    stored: bool = Field(description="Whether Rasa's tracker store holds the turn.")
    repeated: bool = False
    heard: Heard | None = Field(None, description="None where an older worker answered.")

    @field_validator("heard", mode="wrap")
    @classmethod
    def _or_nothing(cls, value: Any, read: ValidatorFunctionWrapHandler) -> Heard | None:
        """A figure that cannot be read must not cost anybody the answer."""
        try:
            found: Heard | None = read(value)
        except ValidationError:
            _log.error("a turn's account for the figures broke its schema")
            return None
        return found

    model: str | None = Field(None, description="The id of the model that answered.")
    version: str | None = Field(None, description="The bundle that it is of.")

    def visible(self) -> list[RasaMessage]:
        """Return the messages that a person would see."""
        return [message for message in self.messages if message.is_visible()]


class OutgoingChoice(BaseModel):
    """A choice as the page gets it."""

    id: str
    label: str
    more: bool = False


class OutgoingMessage(Parts):
    """A stored message as the page gets it. `seq` grows by one within a conversation."""

    model_config = ConfigDict(populate_by_name=True)

    seq: int
    sender: Literal["user", "assistant", "system", "person"] = Field(alias="from")
    text: str
    choices: list[OutgoingChoice] | None = None
    at: datetime
    id: str | None = Field(None, description="The client's id, on the user's own messages.")
    choice: str | None = Field(None, description="The choice that this user message took.")
    state: Literal["pending", "done", "set_aside"] | None = Field(
        None, description="What became of the user's own message."
    )
    reply_to: int | None = Field(None, description="The seq of the user's message it answers.")
    fallback: bool | None = Field(None, description="True where it stands in for an answer.")
    late: bool | None = Field(None, description="True where a fallback came before it.")
    feedback: bool | None = Field(None, description="Whether it helped, where that was said.")
    # The delivery in whose thread it was written: for the courier, never on the wire.
    via: SkipJsonSchema[str | None] = Field(None, exclude=True)

    def wire(self) -> dict[str, Any]:
        """Return its JSON, without the fields that say nothing."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class SentMessage(BaseModel):
    """The user's message as it was stored, with its number."""

    message: OutgoingMessage


class Working(BaseModel):
    """Whether a message waits for its answer, and what to say if that takes long."""

    working: bool
    note: str | None = Field(None, description="Due three seconds after a message was accepted.")


class HeldBy(BaseModel):
    """Who has the conversation: the assistant, nobody yet of the team, or a person by name."""

    by: Literal["assistant", "waiting", "person", "closed"] = "assistant"
    name: str | None = Field(None, description="The person's name.")
    case: int | None = Field(None, description="The number of the newest case.")


class MessageList(Working):
    """Messages in their order, and where the conversation stands."""

    held: HeldBy
    messages: list[OutgoingMessage]
    last: int = Field(description="The seq of the conversation's newest message.")


class Readiness(BaseModel):
    """Which of the things that an answer needs are up."""

    rasa: bool
    actions: bool
    store: bool
    model: str | None = Field(None, description="The id of the model that Rasa has loaded.")
    version: str | None = Field(None, description="The bundle that is served.")
