"""Settings of cases by e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from gateway.delivery.addresses import is_loopback

Security = Literal["starttls", "tls", "plain"]
# What each scheme of the address means, and the port where none is given.
_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp+plain": ("plain", 25),
}


@dataclass(frozen=True)
class MailSettings:
    """The server that takes the mail, who it is from, and each address that it goes to."""

    host: str
    port: int
    security: Security
    sender: str
    recipients: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> MailSettings | None:
        """Read the settings, None where mail is off; raise ValueError naming a wrong variable."""
        url = env.get("OMNI_SMTP_URL", "").strip()
        if not url:
            return None
        parts, (security, port) = _server(url)
        recipients = env.get("OMNI_SMTP_TO", "").split(",")
        return cls(
            host=parts.hostname or "",
            port=_port(parts) or port,
            security=security,
            sender=_address("OMNI_SMTP_FROM", env.get("OMNI_SMTP_FROM", "")),
            recipients=tuple(dict.fromkeys(_address("OMNI_SMTP_TO", one) for one in recipients)),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


def _server(url: str) -> tuple[SplitResult, tuple[Security, int]]:
    # The address holds a password, so that no message quotes it.
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError("OMNI_SMTP_URL: use smtp://, smtps:// ou smtp+plain:// e um servidor")
    if parts.scheme == "smtp+plain" and parts.password and not is_loopback(parts.hostname):
        raise ValueError("OMNI_SMTP_URL: a senha iria sem criptografia; use smtp:// ou smtps://")
    return parts, _SCHEMES[parts.scheme]


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise ValueError("OMNI_SMTP_URL: a porta não é um número de 1 a 65535") from None


def _address(name: str, value: str) -> str:
    text = value.strip()
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):
        found = Address()
    if not (found.username and "." in found.domain and text.isascii()):
        raise ValueError(f"{name}: {text!r} não é um endereço de e-mail")
    return text
