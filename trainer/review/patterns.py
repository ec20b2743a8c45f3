"""The shapes of personal data in Brazilian messages, and of what looks like it and is not.

Told by shape, never by check digits: a mistyped CPF is somebody's too. Of the shapes that begin at
the same place the first holds, so what is to stay (`stays`) stands before what would take it.
"""

from __future__ import annotations

import re

_YEAR = r"(?:19|20)\d\d"
_ERROR = r"(?:erros?|error|c[óo]digo|cod|code|status|http|smtp|falha|evento|exce[çc][ãa]o|kb)"
_CASE_OF = (
    r"(?:protocolos?|chamados?|tickets?|pedidos?|matr[íi]culas?|rg|cnh|pis|nis|nit|renavam|contratos?"
    r"|conta|ag[êe]ncia|boleto|processo|inscri[çc][ãa]o|solicita[çc][ãa]o|atendimento"
    r"|ramal|ocorr[êe]ncia|cliente|usu[áa]ri[oa]|id|(?-i:OS|NF|O\.S\.))"
)
_OF = r"(?:[\s:#.º°-]|\b(?:é|eh|do|da|de|nr|n[ºo°]?|num|n[úu]mero|com|final)\b)*"
_AREA = r"\(?0?\d{2}\)?"
_GAP = r"[\s.-]?"
_DAY_OR_YEAR = rf"\d{{1,2}}[/.]\d{{1,2}}\b|{_YEAR}\b(?![./-]\d)"
_CARD = r"\d{4}[ .-]\d{4}[ .-]\d{4}"

# Kind and pattern. A group called keep_<kind> is what leads there, and stays.
SHAPES: tuple[tuple[str, str], ...] = (
    ("stays_mask", r"\[[^\[\]\n]{2,50}\](?!\()"),
    ("link", r"(?:https?://|www\.)\S*[?#@]\S*"),
    ("stays_link", r"(?:https?://|www\.)[^\s\d]+(?=\s|$)"),
    ("email", r"[\w.+%-]*@[\w-]+(?:\.[\w-]+)+"),
    (
        "secret",
        r"(?P<keep_secret>\b(?:senha|password|token|pin)\b(?: (?:dele|dela|atual|nova|antiga))?"
        r"\s*(?:[:=]|->)\s*)(?:(?=\S*[\d@#$!%&*])\S+|\S+(?=\s*(?:\n|$)))",
    ),
    (
        "secret_said",
        r"(?P<keep_secret_said>\b(?:senha|password|token|pin)\b[^.,;:\n]{0,20}?\b(?:é|eh|era)\s+)"
        r"(?=\S*[\d@#$!%&*])(?=\S*\D)\S+",
    ),
    (
        "born",
        r"(?P<keep_born>\bnasc\w*[^\d\n]{0,20})\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})",
    ),
    ("stays_guess", rf"\b{_YEAR}\s?[-/a]\s?{_YEAR}\b(?![-/.]?\d)"),
    (
        "stays_day",
        rf"(?<!\d)(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:{_YEAR}|\d\d)|{_YEAR}-\d\d-\d\d)(?!\d)",
    ),
    ("stays_money", r"R\$\s?\d[\d.,]*"),
    ("stays_grouped", r"(?<![\d.])\d{1,3}(?:\.\d{3})+(?:,\d\d)?(?![\d/-]|\.\d)"),
    ("stays_hex", r"\b0x[0-9a-f]+\b"),
    (
        "stays_error",
        rf"\b{_ERROR}\b(?:[\s:#.nºo°-]|do erro)*"
        r"(?:0x[0-9a-f]+|[a-z]{0,6}-?\d{1,6}(?:\.\d+)*)(?![\d/-]|\b[a-z])",
    ),
    ("stays_version", r"\bv(?:ers[ãa]o|er)?\.?\s?\d+(?:\.\d+)+"),
    ("cnpj", r"(?<!\w)[0-9a-z]{2}\.?[0-9a-z]{3}\.?[0-9a-z]{3}/[0-9a-z]{4}-?\d{2}(?!\d)"),
    (
        "cnpj_bare",
        r"(?P<keep_cnpj_bare>\bcnpj\b[^\w\n]{0,4}(?:é |eh )?)[0-9a-z]{12}\d\d|(?<!\d)\d{14}(?!\d)",
    ),
    ("cpf_named", r"(?P<keep_cpf_named>\bcpf\b[^\d\n]{0,12})\d[\d./ -]{4,}\d"),
    ("cpf", r"(?<!\d)\d{3}[.\s-]?\d{3}[.\s-]?\d{3}\s?[-./\s]\s?\d{2}(?!\d)"),
    (
        "card",
        r"(?<!\d)\d{4}(?P<card_gap>[ .-])\d{4}(?P=card_gap)\d{4}(?P=card_gap)\d{4}(?!\d)"
        r"|(?<!\d)\d{4}[ -]\d{6}[ -]\d{5}(?!\d)",
    ),
    (
        "name_login",
        r"(?P<keep_name_login>\b(?:usu[áa]ri[oa]|login|user)\b[\s:]*(?:é\s+)?)[a-z]+[._][a-z]+\b",
    ),
    (
        "number_named",
        rf"(?P<keep_number_named>\b{_CASE_OF}\b{_OF})(?!{_DAY_OR_YEAR}|{_CARD})[a-z]{{0,5}}-?"
        r"(?=(?:[./-]?\d){4})\d[\d./-]*[\dx](?![\d-])",
    ),
    (
        "phone_free",
        r"(?<!\d)(?:0800|0300)[\s.-]?\d{3}[\s.-]?\d{3,4}(?!\d)|(?<!\d)(?:3003|400[34])[\s-]?\d{4}(?!\d)",
    ),
    (
        "phone",
        rf"(?<![\d/])(?:\+?0?55{_GAP})?(?!{_AREA}{_GAP}\s?{_YEAR}\s{_YEAR}){_AREA}[\s.-]{{0,3}}"
        rf"(?:9{_GAP}\d{{4}}|[2-5]\d{{3}}){_GAP}\d{{4}}(?!\d)",
    ),
    ("phone_near", r"(?<![\d/-])(?:9[\s.-]?\d{4}[\s.-]\d{4}|(?!20\d\d)[2-5]\d{3}-\d{4})(?![\d-])"),
    ("phone_far", r"\+\d{1,3}(?:[\s.-]?\(?\d{2,4}\)?){2,4}(?!\d)"),
    ("cep", r"(?<!\d)\d{2}\.?\d{3}-\d{3}(?!\d)"),
    ("cep_named", r"(?P<keep_cep_named>\bcep\b[^\d\n]{0,6})\d{5}[\s.-]?\d{3}"),
    (
        "plate_named",
        r"(?P<keep_plate_named>\bplacas?\b[^\w\n]{0,3}(?:é |eh |do carro )?)"
        r"[a-z]{3}[\s-]?\d[\da-j]\d\d\b",
    ),
    ("stays_ours", r"\b(?:ORA|SQL|ERR|COD|MSG|RFC|ISO|EVT|LOG|KB|WIN|CRM|TLS|SSL)-?\d{4}\b"),
    ("plate", r"\b(?-i:[A-Z]{3}-\d{4}|[A-Z]{3}\d{4})\b|\b[a-z]{3}-?\d[a-j]\d\d\b"),
    ("address", r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d]|\.\d)"),
    ("stays_dotted", r"(?<!\d)\d+(?:\.\d+){2,}(?![\d/-])"),
    ("number_guid", r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"),
    ("number_bare", r"(?<!\d)(?<!\d,)\d{7,}(?:[./-]\d+)*(?!\d)"),
    ("number_parts", r"(?<![\d/.-])\d+(?:[./-]\d+)*[/-]\d+(?:[./-]\d+)*(?!\d)"),
    ("number_spelt", r"(?<!\d)(?:\d[\s.-]){8,}\d(?!\d)"),
)
ANY = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in SHAPES), re.I)
# Most texts have none of these, and then no shape is in them either; that is quicker to see.
NEEDED = re.compile(r"[\d@]|://|www\.|senha|password|token|\bpin\b|usu[áa]ri|login|\buser", re.I)
