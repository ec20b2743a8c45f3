"""A real SMTP server on loopback that does what a test tells it to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """`answers` are given to DATA in turn: a reply, "hang", or "cut" after the mail was taken."""

    port: int = 0
    answers: list[str] = field(default_factory=list)
    recipients_answer: str = "250 ok"
    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    at_once_tls: bool = False
    offers_starttls: bool = True

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one conversation."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await _Dialogue(self, reader, writer).run()
        writer.close()

    def take(self, raw: bytes) -> None:
        self.taken.append(message_from_bytes(raw, policy=policy.default))  # type: ignore[arg-type]


class _Dialogue:
    def __init__(
        self, server: MailServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.secure = server.at_once_tls
        self.sender = ""

    async def run(self) -> None:
        await self.say("220 loopback")
        while line := (await self.reader.readline()).decode().strip():
            verb, _, rest = line.partition(" ")
            if not await self.answer(verb.upper(), rest):
                return

    async def say(self, line: str) -> None:
        self.writer.write(f"{line}\r\n".encode())
        await self.writer.drain()

    async def answer(self, verb: str, rest: str) -> bool:
        server = self.server
        if verb == "EHLO":
            starts = server.tls and not self.secure and server.offers_starttls
            extra = ["250-STARTTLS"] if starts else []
            await self.say("\r\n".join(["250-loopback", *extra, "250 AUTH PLAIN"]))
        elif verb == "STARTTLS":
            await self.say("220 go on")
            await self.writer.start_tls(server.tls)  # type: ignore[arg-type]
            self.secure = True
        elif verb == "AUTH":
            server.logins.append(rest)
            await self.say("235 ok")
        elif verb == "MAIL":
            self.sender = rest
            await self.say("250 ok")
        elif verb == "RCPT":
            server.envelopes.append((self.sender, rest))
            await self.say(server.recipients_answer)
        elif verb == "DATA":
            return await self.data()
        elif verb == "QUIT":
            await self.say("221 bye")
            return False
        else:
            await self.say("250 ok")
        return True

    async def data(self) -> bool:
        server = self.server
        await self.say("354 go on")
        raw = await self.reader.readuntil(b"\r\n.\r\n")
        answer = server.answers.pop(0) if server.answers else "250 ok"
        if answer == "hang":
            await asyncio.sleep(60)
        if answer == "cut" or answer.startswith("2"):
            server.secured.append(self.secure)
            server.take(raw[:-3].replace(b"\r\n..", b"\r\n."))
        if answer == "cut":
            return False
        await self.say(answer)
        return True


@asynccontextmanager
async def serving(server: MailServer) -> AsyncIterator[MailServer]:
    """Listen, on the server's port if it has one already."""
    tls = server.tls if server.at_once_tls else None
    made = await asyncio.start_server(server.serve, "127.0.0.1", server.port, ssl=tls)
    server.port = made.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        made.close()


def certificates(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server shows on 127.0.0.1, and what trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    start = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    pem = serialization.Encoding.PEM
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(key.private_bytes(pem, *private) + made.public_bytes(pem))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=made.public_bytes(pem).decode())
