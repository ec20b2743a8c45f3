"""An activity as the Bot Connector sends it, read without trusting its form."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.channels.teams.words import is_mentioned, words_of
from gateway.store.values import Agent, Destination

SINK = "teams"
# Ids are put into paths and stored; those of Teams are far shorter and have none of these.
Id = Annotated[str, Field(max_length=400, pattern=r"^[^/?#\\\s]*$")]
MAX_NAME = 80


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Account(_Read):
    """Someone, or the bot."""

    id: Id = ""
    name: str | None = None
    aad: Id | None = Field(None, alias="aadObjectId")


class _Conversation(_Read):
    id: Id
    kind: str = Field("personal", alias="conversationType")
    tenant: str | None = Field(None, alias="tenantId")


class _Named(_Read):
    id: str = ""


class _ChannelData(_Read):
    tenant: _Named | None = None


class Incoming(_Read):
    """What is used of an activity; `place` and `agent` are made of it."""

    type: str
    id: Id = ""
    text: str | None = None
    value: Any = None
    sender: Account = Field(default_factory=dict, validate_default=True, alias="from")
    recipient: Account = Field(default_factory=dict, validate_default=True)
    conversation: _Conversation
    service_url: str = Field("", alias="serviceUrl", max_length=500)
    channel_id: str = Field("", alias="channelId")
    channel_data: _ChannelData | None = Field(None, alias="channelData")
    entities: list[dict[str, Any]] | None = None
    attachments: list[dict[str, Any]] | None = None
    added: list[Account] | None = Field(None, alias="membersAdded")
    reply_to_id: Id | None = Field(None, alias="replyToId")
    action: str | None = None

    @property
    def tenants(self) -> frozenset[str]:
        """Every tenant that it names; Teams names one."""
        data = self.channel_data
        named = (self.conversation.tenant, data.tenant.id if data and data.tenant else None)
        return frozenset(tenant.lower() for tenant in named if tenant)

    @property
    def tenant(self) -> str:
        """Its tenant, where there is one."""
        return next(iter(self.tenants), "")

    @property
    def is_personal(self) -> bool:
        """Whether only its sender and the bot are there."""
        return self.conversation.kind == "personal"

    @property
    def is_for_us(self) -> bool:
        """Whether it is said to the bot: in its own chat, or by mentioning it."""
        return self.is_personal or is_mentioned(self.entities or [], self.recipient.id)

    @property
    def words(self) -> str:
        """What was written."""
        entities, attachments = self.entities or [], self.attachments or []
        return words_of(self.text or "", entities, attachments, self.recipient.id)

    @property
    def agent(self) -> Agent:
        """Who wrote it."""
        known = self.sender.aad or self.sender.id
        name = " ".join((self.sender.name or "").split())[:MAX_NAME]
        return Agent(f"teams:{self.tenant}:{known}"[:128], name)

    @property
    def event(self) -> str:
        """What makes it the same where it comes again."""
        return f"{self.conversation.id} {self.id}"

    @property
    def place(self) -> Destination:
        """The talk that it belongs to: of a chat, or of one person in a group or a thread.

        What the bot answers there is for that person alone, so each has a talk of their own.
        """
        key = f"{self.tenant}|{self.conversation.id}"
        common = {"service": self.service_url, "tenant": self.tenant, "person": self.sender.id}
        if self.is_personal:
            address = {**common, "key": key, "chat": self.conversation.id}
        else:
            key = f"{key}|{self.sender.id}"
            address = {**common, "key": key, "thread": self.conversation.id}
        return Destination(SINK, key, address)


def read_incoming(body: Any) -> Incoming | None:
    """Return an activity, or None where it is none."""
    try:
        return Incoming.model_validate(body)
    except ValidationError:
        return None


def thread_of(conversation: str) -> tuple[str, str]:
    """Return a channel's id and the id of the message that began its thread, or empty ones."""
    channel, _, message = conversation.partition(";messageid=")
    return channel, message
