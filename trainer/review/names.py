"""Names of people: after greetings, titles and in signatures, and common ones anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_WORD = r"[A-Za-zÀ-ÖØ-öø-ÿ][A-Za-zÀ-ÖØ-öø-ÿ'’]+(?:-[A-Za-zÀ-ÿ]+)?"
_PARTICLES = frozenset(["da", "de", "do", "das", "dos", "e", "di", "del", "van", "von"])
_MOST_WORDS = 6
# After these a name follows, however it is written.
_CERTAIN = re.compile(
    r"\b(?:meu nome (?:completo )?(?:é|eh|e)|me chamo|chamo-me|nome(?: completo)?\s*:"
    r"|(?:sra?|srta|dra?|profa?|eng)\b\.?)[\s:]+",
    re.I,
)
# After these a name may follow: it does where the word is capitalised, or a known name.
_LIKELY = re.compile(
    r"\b(?:aqui (?:é|eh|quem fala é|fala|quem escreve é)|quem (?:fala|escreve) (?:é|eh|aqui é)"
    r"|(?:eu )?sou|fala com|falar com|falei com|conversei com|contato com"
    r"|senhora?|dona|doutora?|seu|ass|assinado|assinatura)"
    r"\s*[:,]?\s+(?:(?:o|a|ao|à|pelo|pela|com)\s+)?",
    re.I,
)
# After these a known name may follow, in small letters too; "cliente Final" is none.
_PERSON = re.compile(
    r"\b(?:usu[áa]ri[oa]|atendente|agente|analista|colega|gerente|supervisora?|gestora?"
    r"|colaboradora?|funcion[áa]ri[oa]|operadora?|consultora?|t[ée]cnic[oa]|cliente|senhora?)"
    r"\s*:?\s+",
    re.I,
)
_ANYWHERE = re.compile(r"(?<![\w@.\[/-])(?<!\bSão )(?<!\bSanto )(?<!\bSanta )(?=[A-ZÀ-Ö])")
# At the end of a line, after a closing.
_SIGNED = re.compile(
    r"\b(?:att|atte|atenciosamente|cordialmente|abs|abraços?|abracos?|grat[oa]|obrigad[oa]"
    r"|respeitosamente|saudações|sds|bjs|desde já agradeç[oa])\b[\s.,;:!*_-]*"
    rf"(?={_WORD}(?:[ \t]+(?:{_WORD}|[A-Z]\b\.?)){{0,4}}[ \t]*(?:[.,;|/!-]|\n|$))",
    re.I,
)
_GREETED = re.compile(
    r"(?:^|\n)\s*(?:oi+|ol[áa]|ei|bom dia|boa tarde|boa noite|prezad[oa]|car[oa])[\s,!]+"
    rf"(?={_WORD}[ \t]*(?:[,.!\n]|$))",
    re.I,
)
_ONE = re.compile(_WORD)
_NEXT = re.compile(rf"[ \t]+({_WORD}|e)\b")
Taken = Callable[[str], bool]


@dataclass(frozen=True)
class Names:
    """What is a name and what is not, in lower case."""

    first: frozenset[str]
    last: frozenset[str]
    never: frozenset[str]

    def mask(self, text: str, placeholder: str) -> str:
        """Return `text` with each name replaced by `placeholder`."""
        for cue, taken in (
            (_CERTAIN, self._anything),
            (_LIKELY, self._capitalised),
            (_SIGNED, self._capitalised),
            (_GREETED, self._capitalised),
            (_PERSON, self._known),
            (_ANYWHERE, self._known),
        ):
            text = self._after(cue, text, taken, placeholder)
        return text

    def _after(self, cue: re.Pattern[str], text: str, taken: Taken, placeholder: str) -> str:
        """Replace the name that stands right after each match of `cue`, where there is one."""
        parts, done = [], 0
        for match in cue.finditer(text):
            start = match.end()
            word = _ONE.match(text, start)
            if start < done or word is None or not taken(word.group()):
                continue
            parts += [text[done:start], placeholder]
            done = self._end(text, word)
        return "".join([*parts, text[done:]])

    def _end(self, text: str, first: re.Match[str]) -> int:
        """Return where the name that begins with the word `first` ends."""
        end, place, joined = first.end(), first.end(), first.group().isupper()
        for _ in range(_MOST_WORDS):
            word = _NEXT.match(text, place)
            if word is None:
                break
            place = word.end()
            if word[1].casefold() in _PARTICLES:
                joined = True
            elif self._goes_on(word[1], joined):
                end = place
            else:
                break
        return end

    def _goes_on(self, word: str, joined: bool) -> bool:
        """Whether a word belongs to the name: a known one, else any with a capital.

        After "da", and in a text all in capitals, only a known one does: "Heloísa da Fundação".
        """
        if word.casefold() in self.first | self.last:
            return True
        capital = word[0].isupper() and not word.isupper()
        return capital and not joined and word.casefold() not in self.never

    def _anything(self, word: str) -> bool:
        return word.casefold() not in self.never | _PARTICLES

    def _capitalised(self, word: str) -> bool:
        low = word.casefold()
        shown = word[0].isupper() and low not in self.never and not word.isupper()
        return shown or low in self.first

    def _known(self, word: str) -> bool:
        return word.casefold() in self.first
