"""Settings of the signed webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gateway.delivery.addresses import is_loopback

MIN_SECRET = 32


@dataclass(frozen=True)
class WebhookSettings:
    """Where each event of a case is posted, and the key that signs it."""

    url: str
    secret: str = field(repr=False)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> WebhookSettings | None:
        """Read the settings, None where it is off; raise ValueError naming a wrong variable."""
        url = env.get("OMNI_WEBHOOK_URL", "").strip()
        if not url:
            return None
        secret = env.get("OMNI_WEBHOOK_SECRET", "")
        if len(secret) < MIN_SECRET:
            raise ValueError(f"OMNI_WEBHOOK_SECRET: use ao menos {MIN_SECRET} caracteres")
        return cls(_checked(url), secret)


def _checked(url: str) -> str:
    # It may hold a key of the ticket system, so that no message quotes it.
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("OMNI_WEBHOOK_URL: não é um endereço http")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("OMNI_WEBHOOK_URL: os casos iriam sem criptografia; use https")
    return url
