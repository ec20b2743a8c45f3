"""What a fault is, the register of all, and the scene in which one is made."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from chaos.talk.client import Client
from chaos.talk.load import Crowd


@dataclass
class Scene:
    """A fault under way: where, how often, by which chance, and what is noted of it.

    `made` counts what was really injected; `faults` are what it found besides the oracle, in
    words; `figures` go into the report. `witnesses` talk beside the crowd, and count as it does;
    so do those `forgotten`, of whom Rasa's tracker lost something, so that it is not compared.
    """

    place: Any
    crowd: Crowd
    chance: random.Random
    times: int
    quick: bool
    made: int = 0
    faults: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    witnesses: list[Client] = field(default_factory=list)
    forgotten: list[Client] = field(default_factory=list)

    def count(self, name: str, more: int = 1) -> None:
        """Add to one of the figures."""
        self.figures[name] = self.figures.get(name, 0) + more

    def expect(self, holds: object, fault: str) -> None:
        """Note a fault where something does not hold."""
        if not holds:
            self.faults.append(fault)


Inject = Callable[[Scene], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """`about` is for the report; `seconds` bound one injection, on a busy machine.

    `place` is where: see chaos/run.py. `quick` and `long` are how often; 0: not in that mode.
    """

    name: str
    about: str
    inject: Inject
    place: str
    quick: int
    long: int
    seconds: float
    people: int
    rate: float

    def bound(self, times: int) -> float:
        """Return the seconds that `times` injections may take at most."""
        return 60.0 + self.seconds * times


REGISTER: dict[str, Fault] = {}


def fault(
    name: str,
    about: str,
    place: str,
    quick: int,
    long: int,
    seconds: float,
    people: int = 8,
    rate: float = 3.0,
) -> Callable[[Inject], Inject]:
    """Register the decorated function as a fault."""

    def register(inject: Inject) -> Inject:
        REGISTER[name] = Fault(name, about, inject, place, quick, long, seconds, people, rate)
        return inject

    return register
