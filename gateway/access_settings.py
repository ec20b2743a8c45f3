"""Settings of who may come in, how often, and how long what they wrote is kept."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
MIN_SITE_SECRET = 32
MAX_SITE_KEYS = 2
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Rate:
    """`amount` at once, refilled evenly within `seconds`: Rate(5, 5) is one a second, burst 5."""

    amount: int
    seconds: int


@dataclass(frozen=True)
class AccessSettings:
    """What an installation may change about identity, limits and privacy."""

    token_minutes: int = 60
    renewal_days: int = 30
    # Signing keys of the site's own login, by key id; without any nobody is identified.
    site_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    site_audience: str = ""
    require_identity: bool = False
    origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    retention_days: int = 90
    # Where the action server keeps handed-over cases, which are personal data too.
    cases_url: str = f"sqlite:///{ROOT / 'var' / 'cases.db'}"
    # Which conversations were erased, apart from all other databases; see Settings.erasures_url.
    erasures_url: str | None = None
    session_messages: Rate = Rate(5, 5)
    address_messages: Rate = Rate(20, 2)
    address_sessions: Rate = Rate(30, 60)
    address_requests: Rate = Rate(100, 2)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> AccessSettings:
        """Read the settings; raise ValueError naming a variable that cannot be used."""
        keys = _site_keys(env.get("OMNI_SITE_KEYS", ""))
        audience = env.get("OMNI_SITE_AUDIENCE", "").strip()
        if keys and not audience:
            raise ValueError("OMNI_SITE_AUDIENCE: falta, e OMNI_SITE_KEYS precisa dela")
        required = _switch("OMNI_REQUIRE_IDENTITY", env.get("OMNI_REQUIRE_IDENTITY", "0"))
        if required and not keys:
            raise ValueError("OMNI_REQUIRE_IDENTITY: exige OMNI_SITE_KEYS")
        return cls(
            token_minutes=_count(env, "OMNI_TOKEN_MINUTES", cls.token_minutes, 24 * 60),
            renewal_days=_count(env, "OMNI_RENEWAL_DAYS", cls.renewal_days, 365),
            site_keys=keys,
            site_audience=audience,
            require_identity=required,
            origins=tuple(_origin(one) for one in _items(env.get("OMNI_ORIGINS", ""))),
            trusted_proxies=_proxies(env.get("OMNI_TRUSTED_PROXIES", "")),
            retention_days=_count(env, "OMNI_RETENTION_DAYS", cls.retention_days, 3650),
            erasures_url=_erasures(env.get("OMNI_ERASURES_DB")),
            cases_url=_cases(env.get("OMNI_CASES_URL", cls.cases_url)),
            session_messages=_rate(env, "OMNI_LIMIT_MESSAGES", cls.session_messages),
            address_messages=_rate(env, "OMNI_LIMIT_ADDRESS_MESSAGES", cls.address_messages),
            address_sessions=_rate(env, "OMNI_LIMIT_ADDRESS_SESSIONS", cls.address_sessions),
            address_requests=_rate(env, "OMNI_LIMIT_ADDRESS_REQUESTS", cls.address_requests),
        )


def _items(value: str) -> list[str]:
    return [item for item in (part.strip() for part in value.split(",")) if item]


def _site_keys(value: str) -> dict[str, str]:
    keys: dict[str, str] = {}
    for item in _items(value):
        kid, _, secret = item.partition(":")
        # Not the value itself: it holds secrets, and this is printed.
        if not kid or kid in keys or len(secret) < MIN_SITE_SECRET:
            raise ValueError(
                "OMNI_SITE_KEYS: use kid:segredo,kid2:segredo2, cada kid uma vez só, "
                f"segredos de ao menos {MIN_SITE_SECRET} caracteres"
            )
        keys[kid] = secret
    if len(keys) > MAX_SITE_KEYS:
        raise ValueError(f"OMNI_SITE_KEYS: no máximo {MAX_SITE_KEYS} chaves ao mesmo tempo")
    return keys


def _origin(value: str) -> str:
    """Return `value` as browsers write an origin: lower case, no default port."""
    if "*" in value:
        raise ValueError("OMNI_ORIGINS: não aceita curinga (*); escreva cada endereço por extenso")
    wrong = f"OMNI_ORIGINS: {value!r} não é uma origem; escreva como https://site.exemplo:8443"
    try:
        parts = urlsplit(value.lower())
        port, host = parts.port, parts.hostname
    except ValueError as error:
        raise ValueError(wrong) from error
    if parts.scheme not in _DEFAULT_PORTS or not host or not host.isascii():
        raise ValueError(wrong)
    shown = f"[{host}]" if ":" in host else host
    tail = f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else ""
    written = f"{shown}:{port}" if port else shown
    if value.lower() != f"{parts.scheme}://{written}":
        raise ValueError(wrong)
    return f"{parts.scheme}://{shown}{tail}"


def _proxies(value: str) -> tuple[str, ...]:
    found = tuple(_items(value))
    for item in found:
        try:
            ipaddress.ip_network(item)
        except ValueError as error:
            raise ValueError(f"OMNI_TRUSTED_PROXIES: {item!r} não é um IP nem uma rede") from error
    return found


def _cases(value: str) -> str:
    backend = value.partition(":")[0].partition("+")[0]
    if backend not in ("sqlite", "postgresql"):
        raise ValueError("OMNI_CASES_URL: só sqlite ou postgresql")
    return value


def _erasures(value: str | None) -> str | None:
    if value and not value.startswith(("sqlite+", "postgresql+")):
        raise ValueError("OMNI_ERASURES_DB: use sqlite+aiosqlite:// ou postgresql+asyncpg://")
    return value


def _rate(env: Mapping[str, str], name: str, default: Rate) -> Rate:
    value = env.get(name, f"{default.amount}/{default.seconds}")
    amount, _, seconds = value.partition("/")
    if not all(part.isdecimal() and 0 < int(part) <= 10**6 for part in (amount, seconds)):
        raise ValueError(f"{name}: {value!r} não é quantidade/segundos, como 5/5")
    return Rate(int(amount), int(seconds))


def _count(env: Mapping[str, str], name: str, default: int, most: int) -> int:
    value = env.get(name, str(default))
    if not value.isdecimal() or not 0 < int(value) <= most:
        raise ValueError(f"{name}: {value!r} não é um número de 1 a {most}")
    return int(value)


def _switch(name: str, value: str) -> bool:
    if value not in ("0", "1"):
        raise ValueError(f"{name}: {value!r} não é 0 nem 1")
    return value == "1"
