"""Keys and tokens as the Bot Connector's, and those of whoever would like to be it."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

ISSUER = "https://api.botframework.com"
APP_ID = "11111111-2222-4333-8444-555555555555"
TENANT = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
FOREIGN = "99999999-bbbb-4ccc-8ddd-eeeeeeeeeeee"


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Signer:
    """A signing key with its id."""

    kid: str
    key: rsa.RSAPrivateKey = field(default_factory=_new_key)

    def jwk(self) -> dict[str, Any]:
        """Return the public half as published."""
        found = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {**found, "kid": self.kid, "use": "sig", "endorsements": ["msteams", "skype"]}

    def public_pem(self) -> bytes:
        """Return the public half as a text file, which a forger has too."""
        kind = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(serialization.Encoding.PEM, kind)

    def token(self, claims: dict[str, Any], headers: dict[str, Any] | None = None) -> str:
        """Sign `claims`; with `headers` those instead of the key's id."""
        given = {"kid": self.kid} if headers is None else headers
        return jwt.encode(claims, self.key, algorithm="RS256", headers=given)


def claims_for(service_url: str, **changes: Any) -> dict[str, Any]:
    """Return what a genuine token says; a change to None leaves a claim out."""
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": APP_ID, "nbf": now - 5, "exp": now + 3600}
    found = {**claims, "serviceurl": service_url, **changes}
    return {name: value for name, value in found.items() if value is not None}


def unsigned(claims: dict[str, Any], kid: str) -> str:
    """Return a token that says it needs no signature."""
    parts = {"alg": "none", "typ": "JWT", "kid": kid}, claims
    return ".".join(_part(json.dumps(part).encode()) for part in parts) + "."


def signed_with_public_key(claims: dict[str, Any], signer: Signer) -> str:
    """Return a token whose "secret" is the public key, as if it were for HS256."""
    import hmac

    header = {"alg": "HS256", "typ": "JWT", "kid": signer.kid}
    body = ".".join(_part(json.dumps(part).encode()) for part in (header, claims))
    made = hmac.new(signer.public_pem(), body.encode(), "sha256").digest()
    return f"{body}.{_part(made)}"


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for loopback, and its key: MSAL logs in by https alone."""
    key, name = _new_key(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.UTC)
    local = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(1))
    builder = builder.not_valid_after(now + datetime.timedelta(1))
    builder = builder.add_extension(local, False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
    certificate = builder.sign(key, hashes.SHA256())
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
