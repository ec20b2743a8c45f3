"""The site's tokens: whom they name, and everything that is refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from site_tokens import AUDIENCE, KEYS, claims, raw, signed

from gateway.identity.site import BadIdentity, SiteLogin

SECRET = "um segredo só para os testes, nada mais"
SITE = SiteLogin(KEYS, AUDIENCE, SECRET)
HEADER = {"alg": "HS256", "typ": "JWT", "kid": "2025a"}
# Signed by RS256 elsewhere, an RSA key's public half is what such a swap uses as the secret.
PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYI\n-----END PUBLIC KEY-----\n"


def now(seconds: int = 0) -> int:
    return int(time.time()) + seconds


def test_a_good_token_names_the_same_person_whichever_key_signed_it() -> None:
    first, second = SITE.read(signed("2025a")), SITE.read(signed("2025b"))
    assert first.subject_hash == second.subject_hash
    assert first.token_hash != second.token_hash
    assert len(first.subject_hash) == len(first.token_hash) == 64


def test_the_hash_says_neither_who_nor_where() -> None:
    here = SITE.read(signed()).subject_hash
    assert SITE.read(signed(sub="pessoa-8")).subject_hash != here
    other_site = SiteLogin(KEYS, "outro-site", SECRET)
    assert other_site.read(signed(aud="outro-site")).subject_hash != here
    other_secret = SiteLogin(KEYS, AUDIENCE, SECRET + "!")
    assert other_secret.read(signed()).subject_hash != here


def test_it_is_remembered_until_it_has_expired() -> None:
    expires = now(200)
    assert SITE.read(signed(exp=expires)).expires_at.timestamp() == expires + 30


GOOD: dict[str, Callable[[], dict[str, Any]]] = {
    "a short subject": lambda: {"sub": "a"},
    "a long subject": lambda: {"sub": "ç" * 255},
    "a subject that no UTF-8 holds": lambda: {"sub": "\ud800"},
    "one of several audiences": lambda: {"aud": [AUDIENCE, "outro"]},
    "a clock that is ahead": lambda: {"iat": now(20), "exp": now(300)},
    "a clock that is behind": lambda: {"iat": now(-320), "exp": now(-20)},
    "the longest life": lambda: {"iat": now(), "exp": now(600)},
    "valid already": lambda: {"nbf": now(-5)},
    "other claims": lambda: {"iss": "https://site.exemplo", "name": "Ana"},
}


@pytest.mark.parametrize("changes", GOOD.values(), ids=GOOD.keys())
def test_good(changes: Callable[[], dict[str, Any]]) -> None:
    assert SITE.read(raw(HEADER, claims(**changes()))).subject_hash


# Made when they are tried: a test that comes late shall not find them all expired.
REFUSED: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "a word": lambda: "x",
    "two dots": lambda: "..",
    "three dots": lambda: "...",
    "no base64": lambda: "é.é.é",
    "spaces": lambda: " ",
    "other key": lambda: signed(key="x" * 40),
    "unknown kid": lambda: signed("2024", key=KEYS["2025a"]),
    "no kid": lambda: signed(None),
    "empty kid": lambda: raw(HEADER | {"kid": ""}, claims()),
    "kid a number": lambda: raw(HEADER | {"kid": 5}, claims()),
    "kid a list": lambda: raw(HEADER | {"kid": ["2025a"]}, claims()),
    "kid a path": lambda: raw(HEADER | {"kid": "../../dev/null"}, claims(), key=""),
    "kid of the other key": lambda: signed("2025b", key=KEYS["2025a"]),
    "alg none": lambda: jwt.encode(claims(), None, algorithm="none", headers={"kid": "2025a"}),
    "alg None, signed": lambda: raw(HEADER | {"alg": "None"}, claims()),
    "alg nOnE": lambda: raw(HEADER | {"alg": "nOnE"}, claims()),
    "alg missing": lambda: raw({"kid": "2025a"}, claims()),
    "alg a list": lambda: raw(HEADER | {"alg": ["HS256"]}, claims()),
    "alg a number": lambda: raw(HEADER | {"alg": 5}, claims()),
    "alg HS384": lambda: jwt.encode(claims(), KEYS["2025a"], "HS384", headers={"kid": "2025a"}),
    "alg HS512": lambda: jwt.encode(claims(), KEYS["2025a"], "HS512", headers={"kid": "2025a"}),
    "alg in lower case": lambda: raw(HEADER | {"alg": "hs256"}, claims()),
    "alg RS256, signed as HS256": lambda: raw(HEADER | {"alg": "RS256"}, claims()),
    "alg ES256, signed as HS256": lambda: raw(HEADER | {"alg": "ES256"}, claims()),
    "HS256 with a public key": lambda: raw(HEADER, claims(), key=PUBLIC_KEY),
    "key in the header": lambda: raw(
        HEADER | {"jwk": {"kty": "oct", "k": "eA"}}, claims(), key="x"
    ),
    "unknown critical header": lambda: raw(HEADER | {"crit": ["exp2"], "exp2": 1}, claims()),
    "detached payload": lambda: raw(HEADER | {"b64": False, "crit": ["b64"]}, claims()),
    "header a list": lambda: raw([], claims()),
    "header no JSON": lambda: raw(b"x", claims()),
    "payload no JSON": lambda: raw(HEADER, b"x"),
    "payload a list": lambda: raw(HEADER, []),
    "payload a number": lambda: raw(HEADER, 5),
    "payload null": lambda: raw(HEADER, None),
    "payload nested": lambda: raw(HEADER, b"[" * 2000),
    "no exp": lambda: signed(exp=None),
    "no iat": lambda: signed(iat=None),
    "no aud": lambda: signed(aud=None),
    "no sub": lambda: signed(sub=None),
    "no jti": lambda: signed(jti=None),
    "wrong audience": lambda: signed(aud="outro"),
    "audience in a list of others": lambda: signed(aud=["a", "b"]),
    "audience a number": lambda: raw(HEADER, claims(aud=5)),
    "audience in another case": lambda: signed(aud=AUDIENCE.upper()),
    "expired": lambda: signed(iat=now(-400), exp=now(-31)),
    "of the future": lambda: signed(iat=now(60), exp=now(300)),
    "not yet": lambda: signed(nbf=now(60)),
    "too long-lived": lambda: signed(exp=now(601)),
    "for ever": lambda: signed(exp=now(10**9)),
    "ends before it begins": lambda: signed(iat=now(20), exp=now(10)),
    "exp a text": lambda: raw(HEADER, claims(exp=str(now(60)))),
    "exp a word": lambda: raw(HEADER, claims(exp="amanhã")),
    "exp true": lambda: raw(HEADER, claims(exp=True)),
    "exp a list": lambda: raw(HEADER, claims(exp=[now(60)])),
    "exp infinite": lambda: raw(
        HEADER, json.dumps(claims(exp=1)).replace('"exp": 1', '"exp": Infinity').encode()
    ),
    "exp no number": lambda: raw(
        HEADER, json.dumps(claims(exp=1)).replace('"exp": 1', '"exp": NaN').encode()
    ),
    "exp of 300 digits": lambda: raw(HEADER, claims(exp=10**300, iat=10**300 - 60)),
    "exp 1e400": lambda: raw(
        HEADER, json.dumps(claims(exp=1)).replace('"exp": 1', '"exp": 1e400').encode()
    ),
    "iat a word": lambda: raw(HEADER, claims(iat="hoje")),
    "iat of 300 digits": lambda: raw(HEADER, claims(iat=-(10**300))),
    "sub empty": lambda: signed(sub=""),
    "sub too long": lambda: signed(sub="a" * 256),
    "sub a number": lambda: raw(HEADER, claims(sub=7)),
    "sub a list": lambda: raw(HEADER, claims(sub=["pessoa-7"])),
    "jti empty": lambda: signed(jti=""),
    "jti too long": lambda: signed(jti="a" * 256),
    "jti a number": lambda: raw(HEADER, claims(jti=7)),
}


@pytest.mark.parametrize("made", REFUSED.values(), ids=REFUSED.keys())
def test_refused(made: Callable[[], str]) -> None:
    token = made()
    with pytest.raises(BadIdentity):
        SITE.read(token)


def test_without_keys_nobody_is_known() -> None:
    with pytest.raises(BadIdentity):
        SiteLogin({}, "", SECRET).read(signed())


def test_no_character_can_be_changed() -> None:
    token = signed()
    for place, character in enumerate(token):
        with pytest.raises(BadIdentity):
            other = "A" if character != "A" else "B"
            SITE.read(f"{token[:place]}{other}{token[place + 1 :]}")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from(["exp", "iat", "nbf", "aud", "sub", "jti", "iss"]), JSON)
def test_a_claim_of_any_kind_is_read_or_refused(name: str, value: Any) -> None:
    # Whatever else it raised would be answered with 500.
    try:
        assert SITE.read(raw(HEADER, claims(**{name: value}))).subject_hash
    except BadIdentity:
        return


@given(JSON, JSON)
def test_any_header_and_payload_is_refused(header: Any, payload: Any) -> None:
    with pytest.raises(BadIdentity):
        SITE.read(raw(header, payload))


@given(st.text() | st.text(alphabet="abc.-_=AZ09"))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(BadIdentity):
        SITE.read(text)
