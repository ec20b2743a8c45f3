"""How a message is written before its n-grams are counted: the same for training and use."""

from __future__ import annotations

import re

from assistant.text import MAX_CHARACTERS, fold

# Unambiguous ones only; a word that is also an ordinary one is left alone.
ABBREVIATIONS = {
    "vc": "voce", "vcs": "voces", "ce": "voce", "n": "nao", "ñ": "nao", "naum": "nao", "nn": "nao",
    "pq": "porque", "tb": "tambem", "tbm": "tambem", "tmb": "tambem", "qdo": "quando",
    "qnd": "quando", "qto": "quanto", "qm": "quem", "pra": "para", "pro": "para o", "p": "para",
    "ta": "esta", "to": "estou", "tao": "estao", "tava": "estava", "pfv": "por favor",
    "pf": "por favor", "hj": "hoje", "msm": "mesmo", "mt": "muito", "mto": "muito", "mta": "muita",
    "obg": "obrigado", "vlw": "valeu", "blz": "beleza", "eh": "e", "kd": "cade", "cmg": "comigo",
    "ngm": "ninguem", "dps": "depois", "agr": "agora", "td": "tudo", "tds": "todos", "nd": "nada",
    "oq": "o que", "q": "que", "c": "com", "s": "sem", "msg": "mensagem", "msgs": "mensagens",
    "cx": "caixa", "fup": "followup", "fups": "followups", "usr": "usuario", "adm": "administrador",
    "atd": "atendimento", "sup": "supervisor", "rel": "relatorio", "mn": "mano", "mds": "meu deus",
}  # fmt: skip
_EMAIL = re.compile(r"\S+@\S+")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.I)
_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b")
_TIME = re.compile(r"\b\d{1,2}(?:h\d{0,2}|:\d{2}(?::\d{2})?)\b", re.I)
_STRETCHED = re.compile(r"([a-z])\1{2,}")
# Error numbers mean something; any other number is only a number.
_NUMBER = re.compile(r"\b(?!(?:403|500|502|503|504|365|30)\b)\d+\b")
_JOINED = re.compile(r"\b(follow|e|report|out|sub) (up|ups|mail|mails|builder|look)\b")


def normalise(text: str) -> str:
    """Return `text` folded, with addresses, dates and numbers as placeholders, in full words."""
    cut = text[:MAX_CHARACTERS]
    for pattern, word in ((_EMAIL, " xendereco "), (_ADDRESS, " xlink "), (_DATE, " xdata ")):
        cut = pattern.sub(word, cut)
    folded = _STRETCHED.sub(r"\1", fold(_TIME.sub(" xhora ", cut)))
    words = (ABBREVIATIONS.get(word, word) for word in folded.split())
    return _NUMBER.sub("xnumero", _JOINED.sub(r"\1\2", " ".join(words)))
