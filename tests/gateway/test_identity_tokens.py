"""Our own tokens: for one purpose, for their time, and not to be changed by a character."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from gateway.identity.tokens import Renewing, Tokens, read_or_create_secret

SECRET = "um segredo só para os testes, nada mais"
OTHER = "outro segredo, também comprido o bastante"
SESSION = str(ULID())
NOW = 1_750_000_000.0


def tokens(seconds: float = 0.0, secret: str = SECRET) -> Tokens:
    return Tokens(secret, token_minutes=60, renewal_days=30, clock=lambda: NOW + seconds)


def test_a_token_says_its_session_and_when_it_ends() -> None:
    opened = tokens(5).read(tokens().issue(SESSION, 0))
    assert opened is not None
    assert opened.session == SESSION
    assert opened.expires_at.timestamp() == NOW + 3600


def test_a_renewal_says_its_session_and_generation() -> None:
    assert tokens().read_renewal(tokens().issue_renewal(SESSION, 7)) == Renewing(SESSION, 7)


@pytest.mark.parametrize(
    ("seconds", "valid"), [(3600, True), (3601, False), (-1, True), (-3601, False)]
)
def test_a_token_lives_for_its_minutes_whichever_clock_is_ahead(
    seconds: float, valid: bool
) -> None:
    assert (tokens(seconds).read(tokens().issue(SESSION, 0)) is not None) == valid


@pytest.mark.parametrize(("days", "valid"), [(30, True), (30.001, False), (-1, True), (-31, False)])
def test_a_renewal_lives_for_its_days(days: float, valid: bool) -> None:
    later = tokens(timedelta(days=days).total_seconds())
    assert (later.read_renewal(tokens().issue_renewal(SESSION, 0)) is not None) == valid


def test_neither_kind_passes_for_the_other() -> None:
    made = tokens()
    assert made.read(made.issue_renewal(SESSION, 0)) is None
    assert made.read_renewal(made.issue(SESSION, 0)) is None


def test_another_secret_signs_nothing_of_ours() -> None:
    assert tokens().read(tokens(secret=OTHER).issue(SESSION, 0)) is None
    assert tokens().read_renewal(tokens(secret=OTHER).issue_renewal(SESSION, 0)) is None


@pytest.mark.parametrize(
    "signed", ["", "x", f"{SESSION}x", SESSION.lower(), 5, None, [SESSION], {}]
)
def test_what_we_signed_has_to_be_a_session_all_the_same(signed: object) -> None:
    made = tokens()
    assert made.read(made._opens.dumps(signed)) is None


@pytest.mark.parametrize("signed", [SESSION, [SESSION], [SESSION, "0"], ["x", 0], [SESSION, 0, 0]])
def test_what_we_signed_has_to_be_a_renewal_all_the_same(signed: object) -> None:
    made = tokens()
    assert made.read_renewal(made._renews.dumps(signed)) is None


def test_no_character_can_be_changed() -> None:
    token = tokens().issue(SESSION, 0)
    for place, character in enumerate(token):
        other = "A" if character != "A" else "B"
        changed = f"{token[:place]}{other}{token[place + 1 :]}"
        # The last character of base64 holds bits that mean nothing.
        if place < len(token) - 1:
            assert tokens().read(changed) is None, place


@given(st.text(max_size=300))
def test_junk_is_nobody(junk: str) -> None:
    assert tokens().read(junk) is None
    assert tokens().read_renewal(junk) is None


def test_the_secret_is_made_once_and_only_we_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret"
    secret = read_or_create_secret(path)
    assert len(secret) >= 64
    assert read_or_create_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    with pytest.raises(ValueError, match="secret"):
        read_or_create_secret(tmp_path / "secret")
