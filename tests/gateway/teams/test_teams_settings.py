"""Settings of the Teams app: one clear line each, and nothing asked of the network."""

from __future__ import annotations

import pytest

from gateway.channels.teams.settings import SERVICE, TeamsSettings
from tests.support.teams.signing import APP_ID, FOREIGN, TENANT

GOOD = {
    "OMNI_TEAMS_APP_ID": APP_ID,
    "OMNI_TEAMS_TENANT": TENANT,
    "OMNI_TEAMS_APP_SECRET": "um segredo",
}


def test_without_any_teams_is_off():
    assert TeamsSettings.from_env({"OMNI_PORT": "1"}) is None
    assert TeamsSettings.from_env({"OMNI_TEAMS_APP_ID": " "}) is None


def test_three_are_enough():
    found = TeamsSettings.from_env(GOOD)
    assert found.allowed_tenants == {TENANT}
    assert (found.service_url, found.cases_channel) == (SERVICE, "")
    assert "segredo" not in repr(found)


def test_managed_identity_takes_the_place_of_the_secret():
    env = {k: v for k, v in GOOD.items() if "SECRET" not in k}
    found = TeamsSettings.from_env({**env, "OMNI_TEAMS_MANAGED_IDENTITY": "1"})
    assert found.app_secret == ""


def test_more_tenants_may_be_allowed():
    both = f"{TENANT.upper()}, {FOREIGN}"
    found = TeamsSettings.from_env({**GOOD, "OMNI_TEAMS_ALLOWED_TENANTS": both})
    assert found.allowed_tenants == {TENANT, FOREIGN}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_ID", ""), ("APP_ID", "omni"), ("TENANT", ""), ("TENANT", "empresa.com.br"),
        ("APP_SECRET", ""), ("MANAGED_IDENTITY", "1"), ("MANAGED_IDENTITY", "sim"),
        ("ALLOWED_TENANTS", "*"), ("CASES_CHANNEL", "Suporte"),
        ("SERVICE_URL", "http://smba.trafficmanager.net/"), ("OPENID_URL", "x"),
        ("LOGIN_URL", "http://login.example"),
    ],
)  # fmt: skip
def test_a_wrong_one_is_named(name, value):
    with pytest.raises(ValueError, match="OMNI_TEAMS_") as raised:
        TeamsSettings.from_env({**GOOD, f"OMNI_TEAMS_{name}": value})
    line = str(raised.value)
    assert "\n" not in line
    assert name in line
