"""Settings of a login by OpenID Connect; without an issuer there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class OidcSettings:
    """`claim` says who somebody is (or which groups they are in); the lists say who may what."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = "email"
    trainers: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()

    def role(self, values: list[str]) -> str | None:
        """Return the role of somebody with these values of the claim, None where they have none."""
        found = {value.casefold() for value in values}
        if found & self.trainers:
            return "trainer"
        return "reader" if found & self.readers else None


def read_oidc(env: Mapping[str, str]) -> OidcSettings | None:
    """Read the settings; raise ValueError naming a variable that cannot be used."""
    issuer = env.get("OMNI_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    parts = urlsplit(issuer)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not (safe and parts.hostname):
        raise ValueError(f"OMNI_OIDC_ISSUER: {issuer!r} não é um endereço https")
    for name in ("OMNI_OIDC_CLIENT_ID", "OMNI_OIDC_CLIENT_SECRET"):
        if not env.get(name, "").strip():
            raise ValueError(f"{name}: falta, e OMNI_OIDC_ISSUER precisa dela")
    trainers, readers = (_listed(env.get(f"OMNI_OIDC_{n}", "")) for n in ("TRAINERS", "READERS"))
    if not trainers | readers:
        raise ValueError("OMNI_OIDC_TRAINERS, OMNI_OIDC_READERS: ninguém poderia entrar")
    return OidcSettings(
        issuer=issuer,
        client_id=env["OMNI_OIDC_CLIENT_ID"].strip(),
        client_secret=env["OMNI_OIDC_CLIENT_SECRET"].strip(),
        claim=env.get("OMNI_OIDC_CLAIM", "email").strip() or "email",
        trainers=trainers,
        readers=readers,
    )


def _listed(value: str) -> frozenset[str]:
    return frozenset(one.strip().casefold() for one in value.split(",") if one.strip())
