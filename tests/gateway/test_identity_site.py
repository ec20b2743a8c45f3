"""The site's tokens: whom they name, and everything that is refused."""

from __future__ import annotations

import json
import time
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


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "a"},
        {"sub": "ç" * 255},
        {"sub": "\ud800"},
        {"aud": [AUDIENCE, "outro"]},
        {"iat": now(20), "exp": now(300)},  # clocks differ
        {"iat": now(-320), "exp": now(-20)},
        {"iat": now(), "exp": now(600)},
        {"nbf": now(-5)},
        {"iss": "https://site.exemplo", "name": "Ana"},
    ],
    ids=str,
)
def test_good(changes: dict[str, Any]) -> None:
    assert SITE.read(raw(HEADER, claims(**changes))).subject_hash


REFUSED: dict[str, str] = {
    "empty": "",
    "a word": "x",
    "two dots": "..",
    "three dots": "...",
    "no base64": "é.é.é",
    "spaces": " ",
    "other key": signed(key="x" * 40),
    "unknown kid": signed("2024", key=KEYS["2025a"]),
    "no kid": signed(None),
    "empty kid": raw(HEADER | {"kid": ""}, claims()),
    "kid a number": raw(HEADER | {"kid": 5}, claims()),
    "kid a list": raw(HEADER | {"kid": ["2025a"]}, claims()),
    "kid a path": raw(HEADER | {"kid": "../../dev/null"}, claims(), key=""),
    "kid of the other key": signed("2025b", key=KEYS["2025a"]),
    "alg none": jwt.encode(claims(), None, algorithm="none", headers={"kid": "2025a"}),
    "alg None, signed": raw(HEADER | {"alg": "None"}, claims()),
    "alg nOnE": raw(HEADER | {"alg": "nOnE"}, claims()),
    "alg missing": raw({"kid": "2025a"}, claims()),
    "alg a list": raw(HEADER | {"alg": ["HS256"]}, claims()),
    "alg a number": raw(HEADER | {"alg": 5}, claims()),
    "alg HS384": jwt.encode(claims(), KEYS["2025a"], "HS384", headers={"kid": "2025a"}),
    "alg HS512": jwt.encode(claims(), KEYS["2025a"], "HS512", headers={"kid": "2025a"}),
    "alg in lower case": raw(HEADER | {"alg": "hs256"}, claims()),
    "alg RS256, signed as HS256": raw(HEADER | {"alg": "RS256"}, claims()),
    "alg ES256, signed as HS256": raw(HEADER | {"alg": "ES256"}, claims()),
    "HS256 with a public key": raw(HEADER, claims(), key=PUBLIC_KEY),
    "key in the header": raw(HEADER | {"jwk": {"kty": "oct", "k": "eA"}}, claims(), key="x"),
    "unknown critical header": raw(HEADER | {"crit": ["exp2"], "exp2": 1}, claims()),
    "detached payload": raw(HEADER | {"b64": False, "crit": ["b64"]}, claims()),
    "header a list": raw([], claims()),
    "header no JSON": raw(b"x", claims()),
    "payload no JSON": raw(HEADER, b"x"),
    "payload a list": raw(HEADER, []),
    "payload a number": raw(HEADER, 5),
    "payload null": raw(HEADER, None),
    "payload nested": raw(HEADER, b"[" * 2000),
    "no exp": signed(exp=None),
    "no iat": signed(iat=None),
    "no aud": signed(aud=None),
    "no sub": signed(sub=None),
    "no jti": signed(jti=None),
    "wrong audience": signed(aud="outro"),
    "audience in a list of others": signed(aud=["a", "b"]),
    "audience a number": raw(HEADER, claims(aud=5)),
    "audience in another case": signed(aud=AUDIENCE.upper()),
    "expired": signed(iat=now(-400), exp=now(-31)),
    "of the future": signed(iat=now(60), exp=now(300)),
    "not yet": signed(nbf=now(60)),
    "too long-lived": signed(exp=now(601)),
    "for ever": signed(exp=now(10**9)),
    "ends before it begins": signed(iat=now(20), exp=now(10)),
    "exp a text": raw(HEADER, claims(exp=str(now(60)))),
    "exp a word": raw(HEADER, claims(exp="amanhã")),
    "exp true": raw(HEADER, claims(exp=True)),
    "exp a list": raw(HEADER, claims(exp=[now(60)])),
    "exp infinite": raw(
        HEADER, json.dumps(claims(exp=1)).replace('"exp": 1', '"exp": Infinity').encode()
    ),
    "exp no number": raw(
        HEADER, json.dumps(claims(exp=1)).replace('"exp": 1', '"exp": NaN').encode()
    ),
    "exp of 300 digits": raw(HEADER, claims(exp=10**300, iat=10**300 - 60)),
    "exp 1e400": raw(
        HEADER, json.dumps(claims(exp=1)).replace('"exp": 1', '"exp": 1e400').encode()
    ),
    "iat a word": raw(HEADER, claims(iat="hoje")),
    "iat of 300 digits": raw(HEADER, claims(iat=-(10**300))),
    "sub empty": signed(sub=""),
    "sub too long": signed(sub="a" * 256),
    "sub a number": raw(HEADER, claims(sub=7)),
    "sub a list": raw(HEADER, claims(sub=["pessoa-7"])),
    "jti empty": signed(jti=""),
    "jti too long": signed(jti="a" * 256),
    "jti a number": raw(HEADER, claims(jti=7)),
}


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_refused(token: str) -> None:
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
