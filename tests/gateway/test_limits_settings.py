"""Settings of identity, limits and privacy: a wrong one is named at the start."""

from __future__ import annotations

import pytest

from gateway.access_settings import AccessSettings, Rate

KEY = "a" * 32


def read(**env: str) -> AccessSettings:
    return AccessSettings.from_env(env)


def test_defaults() -> None:
    found = read()
    assert (found.token_minutes, found.renewal_days, found.retention_days) == (60, 30, 90)
    assert (found.site_keys, found.require_identity, found.origins) == ({}, False, ())
    assert found.session_messages == Rate(5, 5)
    assert found.cases_url.startswith("sqlite:///")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OMNI_ORIGINS", "*"),
        ("OMNI_ORIGINS", "https://*.exemplo.com"),
        ("OMNI_ORIGINS", "https://a.exemplo, *"),
        ("OMNI_ORIGINS", "a.exemplo"),
        ("OMNI_ORIGINS", "null"),
        ("OMNI_ORIGINS", "ftp://a.exemplo"),
        ("OMNI_ORIGINS", "https://a.exemplo/"),
        ("OMNI_ORIGINS", "https://a.exemplo/crm"),
        ("OMNI_ORIGINS", "https://a.exemplo?x"),
        ("OMNI_ORIGINS", "https://ana@a.exemplo"),
        ("OMNI_ORIGINS", "https://a.exemplo:porta"),
        ("OMNI_ORIGINS", "https://a.exemplo:99999"),
        ("OMNI_ORIGINS", "https://a.exemplo:"),
        ("OMNI_ORIGINS", "https://[::1"),
        ("OMNI_ORIGINS", "https://ação.exemplo"),
        ("OMNI_SITE_KEYS", "segredo"),
        ("OMNI_SITE_KEYS", "k:curto"),
        ("OMNI_SITE_KEYS", f":{KEY}"),
        ("OMNI_SITE_KEYS", f"k:{KEY},k:{KEY}"),
        ("OMNI_SITE_KEYS", f"a:{KEY},b:{KEY},c:{KEY}"),
        ("OMNI_SITE_AUDIENCE", ""),
        ("OMNI_REQUIRE_IDENTITY", "sim"),
        ("OMNI_TRUSTED_PROXIES", "*"),
        ("OMNI_TRUSTED_PROXIES", "proxy.local"),
        ("OMNI_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("OMNI_RETENTION_DAYS", "0"),
        ("OMNI_RETENTION_DAYS", "sempre"),
        ("OMNI_TOKEN_MINUTES", "-1"),
        ("OMNI_TOKEN_MINUTES", "1441"),
        ("OMNI_RENEWAL_DAYS", "366"),
        ("OMNI_LIMIT_MESSAGES", "5"),
        ("OMNI_LIMIT_MESSAGES", "0/5"),
        ("OMNI_LIMIT_ADDRESS_MESSAGES", "5/0"),
        ("OMNI_LIMIT_ADDRESS_SESSIONS", "a/b"),
        ("OMNI_LIMIT_ADDRESS_REQUESTS", "5/5/5"),
        ("OMNI_CASES_URL", "mysql://x"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str) -> None:
    env = {"OMNI_SITE_KEYS": f"k:{KEY}"} if name == "OMNI_SITE_AUDIENCE" else {}
    with pytest.raises(ValueError, match=name):
        read(**env | {name: value})


def test_identity_can_only_be_required_where_it_can_be_proved() -> None:
    with pytest.raises(ValueError, match="OMNI_REQUIRE_IDENTITY"):
        read(OMNI_REQUIRE_IDENTITY="1")


def test_no_error_and_no_print_shows_a_key() -> None:
    with pytest.raises(ValueError) as error:
        read(OMNI_SITE_KEYS=f"a:{KEY},b:curtinho")
    assert KEY not in str(error.value)
    assert "curtinho" not in str(error.value)
    assert KEY not in repr(read(OMNI_SITE_KEYS=f"a:{KEY}", OMNI_SITE_AUDIENCE="x"))


def test_two_keys_with_colons_in_them() -> None:
    found = read(OMNI_SITE_KEYS=f"a:{KEY}:x, b:{KEY}", OMNI_SITE_AUDIENCE="x")
    assert found.site_keys == {"a": f"{KEY}:x", "b": KEY}


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://a.exemplo", "https://a.exemplo"),
        ("HTTPS://A.Exemplo", "https://a.exemplo"),
        ("https://a.exemplo:443", "https://a.exemplo"),
        ("http://a.exemplo:80", "http://a.exemplo"),
        ("https://a.exemplo:80", "https://a.exemplo:80"),
        ("http://localhost:8081", "http://localhost:8081"),
        ("http://[::1]:8081", "http://[::1]:8081"),
    ],
)
def test_origins_are_kept_as_browsers_write_them(written: str, origin: str) -> None:
    assert read(OMNI_ORIGINS=f" {written} ,").origins == (origin,)
