"""Whether a text that names the open guide's own problem reports what a check showed.

"Coloquei ela no time e a caixa continua sumida" names the problem once more, and yet answers the
check. It takes both: what was done or seen, and that the problem goes on. Of replies with such
words that nobody trained on, one in four is known by this; of 1,172 descriptions of a problem,
one in twenty would be taken for a report where somebody repeats it (docs/language.md).
"""

from __future__ import annotations

import re

from assistant.text import fold

_DONE = """coloquei botei pus mudei troquei marquei desmarquei ativei inclui adicionei associei
    vinculei liberei salvei publiquei reiniciei limpei conferi verifiquei olhei chequei testei fiz
    alterei ajustei configurei deixei abri entrei atualizei estendi preenchi pesquisei restringi
    cadastrei desloguei"""
_AS_IT_SHOULD = r"""(?:cert|ativ|marcad|habilitad|iniciad|corret|cadastrad|vinculad|configurad|
    preenchid|automatic|disponive|online|vigente|rodando|ligad|normal|ok\b|verde|em\ \d|com\ \d|
    no\ time|no\ grupo|na\ fila)"""
_IS = r"(?:ta|tao|esta|estao|tava|estava)\ (?:tud[oa]\ |tod[oa]s\ )?"
_SEEN = re.compile(
    rf"\b(?:(?:{'|'.join(_DONE.split())})\b|{_IS}{_AS_IT_SHOULD}"
    r"|\w+s?\ (?:ativ|marcad|habilitad|cert)[oa]s?\b|passou\ no\ teste|teste\ ok)",
    re.VERBOSE,
)
_GOES_ON = re.compile(
    r"\b(?:continua\w*|segue\w*|mesmo assim|assim mesmo|ainda|nem assim|persist\w+|mesma coisa"
    r"|mesmo erro|igual|nada|zero|mas|so que|porem|e (?:(?:os?|as?|el[ea]s?) )?(?:\w+ )?nao"
    r"|e nem|nao adiantou|de novo|outra vez|do mesmo jeito)\b"
)
# "E agora aparece": what was reported is that it works.
_WORKS_NOW = re.compile(r"\b(?:agora|ja aparece\w*|nao tem mais|como (?:tinha que|deveria))\b")


def reports_no_change(text: str) -> bool:
    """Return whether a text says what was done or seen, and that the problem goes on."""
    said = " ".join(re.findall(r"\w+", fold(text)))
    goes_on = _GOES_ON.search(said) and not _WORKS_NOW.search(said)
    return bool(goes_on and _SEEN.search(said))
