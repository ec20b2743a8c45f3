"""What happens in the gateway, told to whoever counts it; this observer counts nothing."""

from __future__ import annotations


class Observer:
    """One method for each event of a conversation; metrics override those they count."""

    def accepted(self) -> None:
        """Count a message of the user's that was stored (a repeat is not)."""

    def repeated(self) -> None:
        """Count a message whose id was known: it was not stored again."""

    def asked(self, seconds: float) -> None:
        """Count one try of Rasa that took `seconds`, whatever came of it."""

    def answered(self, seconds: float) -> None:
        """Count an answer that was stored `seconds` after its message was accepted."""

    def fell_back(self) -> None:
        """Count a fallback that was stored in place of an answer that is late."""

    def failed(self, kind: str) -> None:
        """Count a try that gave no answer; `kind` is a short word, never a text."""

    def set_aside(self) -> None:
        """Count a message that was given up."""

    def unstored(self) -> None:
        """Count a turn that Rasa answered, but that its tracker store does not hold."""

    def silent(self) -> None:
        """Count a turn that Rasa answered with nothing to show."""

    def assumed(self, seconds: float) -> None:
        """Count a case that somebody assumed `seconds` after it began to wait."""

    def stream_opened(self) -> None:
        """Count a stream of events that was opened."""

    def stream_closed(self) -> None:
        """Count a stream of events that ended."""
