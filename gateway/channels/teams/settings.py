"""Settings of the Teams app."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

ISSUER = "https://api.botframework.com"
OPENID = "https://login.botframework.com/v1/.well-known/openidconfiguration"
LOGIN = "https://login.microsoftonline.com"
# Microsoft's address for messages to chats that nobody has written in yet.
SERVICE = "https://smba.trafficmanager.net/teams/"
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_CHANNEL = re.compile(r"19:[\w@.\-]+")


@dataclass(frozen=True)
class TeamsSettings:
    """`tenant` is where the app is registered; with no secret it has a managed identity.

    `cases_channel` is the id of the channel that cases are posted to; without one, cases are not.
    Activities are taken from, and sent to, the scheme and host of `service_url` alone.
    """

    app_id: str
    tenant: str
    app_secret: str = field(default="", repr=False)
    allowed_tenants: frozenset[str] = frozenset()
    cases_channel: str = ""
    service_url: str = SERVICE
    issuer: str = ISSUER
    openid_url: str = OPENID
    login_url: str = LOGIN

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> TeamsSettings | None:
        """Read the settings, None where Teams is off; raise ValueError naming a wrong variable."""
        given = {name: env.get(f"OMNI_TEAMS_{name}", "").strip() for name in _NAMES}
        if not any(given.values()):
            return None
        tenant = _guid(given, "TENANT", "o ID do diretório (locatário) do Entra")
        return cls(
            app_id=_guid(given, "APP_ID", "o ID do aplicativo registrado no Azure"),
            tenant=tenant,
            app_secret=_secret(given),
            allowed_tenants=_tenants(given["ALLOWED_TENANTS"]) or frozenset({tenant}),
            cases_channel=_channel(given["CASES_CHANNEL"]),
            service_url=_address(given, "SERVICE_URL", SERVICE).rstrip("/") + "/",
            issuer=given["ISSUER"] or ISSUER,
            openid_url=_address(given, "OPENID_URL", OPENID),
            login_url=_address(given, "LOGIN_URL", LOGIN).rstrip("/"),
        )


_NAMES = (
    "APP_ID", "TENANT", "APP_SECRET", "MANAGED_IDENTITY", "ALLOWED_TENANTS", "CASES_CHANNEL",
    "SERVICE_URL", "ISSUER", "OPENID_URL", "LOGIN_URL",
)  # fmt: skip


def _guid(given: Mapping[str, str], name: str, what: str) -> str:
    value = given[name]
    if not value:
        raise ValueError(f"OMNI_TEAMS_{name}: falta {what}")
    if not _GUID.fullmatch(value):
        raise ValueError(f"OMNI_TEAMS_{name}: {value!r} não é {what}")
    return value.lower()


def _secret(given: Mapping[str, str]) -> str:
    managed = given["MANAGED_IDENTITY"]
    if managed not in ("", "0", "1"):
        raise ValueError(f"OMNI_TEAMS_MANAGED_IDENTITY: {managed!r} não é 0 nem 1")
    if (managed == "1") == bool(given["APP_SECRET"]):
        raise ValueError(
            "OMNI_TEAMS_APP_SECRET: informe o segredo do aplicativo, ou então "
            "OMNI_TEAMS_MANAGED_IDENTITY=1 para usar a identidade gerenciada"
        )
    return given["APP_SECRET"]


def _tenants(value: str) -> frozenset[str]:
    found = [item.strip().lower() for item in value.split(",") if item.strip()]
    for item in found:
        if not _GUID.fullmatch(item):
            raise ValueError(f"OMNI_TEAMS_ALLOWED_TENANTS: {item!r} não é o ID de um locatário")
    return frozenset(found)


def _channel(value: str) -> str:
    if value and not _CHANNEL.fullmatch(value):
        raise ValueError(
            f"OMNI_TEAMS_CASES_CHANNEL: {value!r} não é o ID de um canal (19:…@thread.tacv2)"
        )
    return value


def _address(given: Mapping[str, str], name: str, default: str) -> str:
    value = given[name] or default
    parts = urlsplit(value)
    is_local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not parts.hostname or parts.scheme not in (("http", "https") if is_local else ("https",)):
        raise ValueError(f"OMNI_TEAMS_{name}: {value!r} não é um endereço https")
    return value
