"""Sends cases by e-mail: as they are opened, reopened, raised and closed."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPConnectTimeoutError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from gateway.delivery.mail.message import Writing, compose, message_id
from gateway.delivery.mail.settings import MailSettings
from gateway.delivery.outlet import Item, Retry
from gateway.handoff.cases import Cases
from gateway.handoff.opening import Place
from gateway.privacy.stores import StoreDown
from gateway.store.values import Delivery, Destination, HandoffEvent

SINK = "email"
SECONDS = 10.0
TOLD = frozenset({"opened", "reopened", "raised", "closed"})


def places(settings: MailSettings) -> Sequence[Place]:
    """Return where a case is sent: each address by itself, so that one that fails holds no other.

    A place is a function of the case's number.
    """
    return [_place(address) for address in settings.recipients]


def _place(address: str) -> Place:
    return lambda case: Destination(SINK, f"{case} {address}", {"to": address})


class MailOutlet:
    """Delivers to e-mail addresses; `tls` replaces the system's certificates in tests."""

    sink = SINK

    def __init__(
        self,
        settings: MailSettings,
        cases: Cases,
        writing: Writing,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._cases = cases
        self._writing = writing
        self._tls = tls

    async def start(self) -> None:
        """Nothing: each mail has a connection of its own."""

    async def stop(self) -> None:
        """Nothing is open."""

    def wants(self, delivery: Delivery, item: Item) -> bool:
        """Whether it is an event that a mail tells of."""
        return item.event is not None and item.event.kind in TOLD

    async def deliver(self, delivery: Delivery, item: Item) -> dict[str, Any]:
        """Send the mail; its id is the same at every try, so that a repeat is recognised."""
        assert item.event is not None
        id = message_id(delivery.id, item.event, self._settings.sender)
        first = delivery.memory.get("first", "")
        mail = await self._compose(delivery, item.event, id, first)
        if mail is not None:
            await self._send(mail, delivery.address["to"])
        return {"first": first or id}

    async def _compose(
        self, delivery: Delivery, event: HandoffEvent, id: str, first: str
    ) -> EmailMessage | None:
        try:
            case = await self._cases.view(event.case)
        except StoreDown as error:
            raise Retry(f"cases: {error}") from error
        if case is None:  # erased meanwhile
            return None
        said = await self._cases.said_until(delivery.conversation, event.after_seq)
        sender, to = self._settings.sender, delivery.address["to"]
        return compose(self._writing, case, event, said, sender=sender, to=to, id=id, first=first)

    async def _send(self, mail: EmailMessage, to: str) -> None:
        client = self._client()
        try:
            await client.connect()
            await client.send_message(mail, sender=self._settings.sender, recipients=[to])
        except (SMTPException, OSError) as error:
            raise _retry(error) from error
        else:
            with suppress(SMTPException, OSError):  # it is sent, whatever comes of the goodbye
                await client.quit()
        finally:
            client.close()

    def _client(self) -> SMTP:
        settings = self._settings
        return SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user or None,
            password=settings.password or None,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=self._tls,
            timeout=SECONDS,
        )


def _retry(error: Exception) -> Retry:
    """Return what is known: a refusal is one; a connection cut off may have come too late for it.

    No text of the server's is kept: it may quote addresses.
    """
    if isinstance(error, SMTPRecipientsRefused):
        codes = [one.code for one in error.recipients]
        return Retry(f"recipient refused: {codes[0]}")
    if isinstance(error, SMTPResponseException):
        return Retry(f"{type(error).__name__}: {error.code}")
    certain = isinstance(error, SMTPConnectError | SMTPConnectTimeoutError)
    return Retry(type(error).__name__, uncertain=not certain)
