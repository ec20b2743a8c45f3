"""The shapes of sessions: what the page sends to open and renew one, and what it gets."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class OpenSession(BaseModel):
    """A request for a session; without `identity` it is an anonymous visitor's."""

    model_config = ConfigDict(strict=True, frozen=True)

    identity: str | None = Field(
        None, max_length=4096, description="The JWT that the site with the login signed."
    )


class RenewSession(BaseModel):
    """A request for new tokens of a session."""

    model_config = ConfigDict(strict=True, frozen=True)

    renewal: str = Field(max_length=1024, description="The newest renewal token.")


class Session(BaseModel):
    """A session's tokens, and the conversation that they open."""

    token: str = Field(description="Goes with every request: Authorization: Bearer <token>.")
    renewal: str = Field(description="Buys new tokens, once; opens nothing.")
    expires_in: int = Field(description="Seconds that `token` lives.")
    conversation: str = Field(description="A ULID of ours; no request needs it.")
    identified: bool = Field(description="Whether a site's login vouches for the visitor.")
