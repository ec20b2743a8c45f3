"""Phrases that look like someone's data: numbers that pass their own check, real addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CPF = re.compile(r"(?<!\d)(\d{3}[. ]?\d{3}[. ]?\d{3}[- ]?\d{2})(?!\d)")
_CNPJ = re.compile(r"(?<!\d)(\d{2}[. ]?\d{3}[. ]?\d{3}/?\d{4}[- ]?\d{2})(?!\d)")
_CARD = re.compile(r"(?<!\d)((?:\d[ -]?){12,18}\d)(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,})", re.I)
# With the area code; the older form of eight digits needs its hyphen, else any number is one.
_PHONE = re.compile(
    r"(?<![\d./-])(?:\+?55[ -]?)?(?:\(\d{2}\)|0?[1-9][1-9])[ -]?"
    r"(?:9[ ]?\d{4}[ -]?\d{4}|[2-5]\d{3}-\d{4})(?![\d/-])"
)
# Reserved for examples (RFC 2606), so nobody's.
_RESERVED = re.compile(r"(?:^|\.)example(?:\.(?:com|org|net))?(?:\.br)?$|\.(?:test|invalid)$")
# Nobody's numbers: of one or two digits, or the digits in their order.
_SEQUENCES = ("87654321", "12345678")


def personal_kinds(text: str) -> list[str]:
    """Return what a phrase seems to hold for certain: CPF, CNPJ, cartão, telefone."""
    return [kind for kind in _found(text)]


def addresses(text: str) -> list[str]:
    """Return the e-mail addresses that may be someone's; a person must look at them."""
    return [m.group() for m in _EMAIL.finditer(text) if not _RESERVED.search(m.group(1).lower())]


def _found(text: str) -> Iterator[str]:
    if any(_is_cpf(_digits(m)) for m in _CPF.findall(text)):
        yield "CPF"
    if any(_is_cnpj(_digits(m)) for m in _CNPJ.findall(text)):
        yield "CNPJ"
    if any(_is_card(_digits(m)) for m in _CARD.findall(text)):
        yield "cartão"
    if any(not _is_invented(_digits(m)) for m in _PHONE.findall(text)):
        yield "telefone"


def _digits(text: str) -> list[int]:
    return [int(c) for c in text if c.isdigit()]


def _is_invented(phone: list[int]) -> bool:
    last = "".join(map(str, phone[-8:]))
    return len(set(last)) <= 2 or last in _SEQUENCES


def _is_cpf(digits: list[int]) -> bool:
    if len(set(digits)) == 1:
        return False
    return all(_checks(digits[:n], range(n + 1, 1, -1)) == digits[n] for n in (9, 10))


def _is_cnpj(digits: list[int]) -> bool:
    weights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    if len(set(digits)) == 1:
        return False
    return all(_checks(digits[:n], weights[13 - n :]) == digits[n] for n in (12, 13))


def _checks(digits: list[int], weights: range | list[int]) -> int:
    rest = sum(d * w for d, w in zip(digits, weights, strict=True)) % 11
    return 0 if rest < 2 else 11 - rest


def _is_card(digits: list[int]) -> bool:
    """Luhn's check, and a first digit that card networks use."""
    doubled = [d if at % 2 == 0 else sum(divmod(2 * d, 10)) for at, d in enumerate(digits[::-1])]
    return 13 <= len(digits) <= 19 and digits[0] in (2, 3, 4, 5, 6) and sum(doubled) % 10 == 0
