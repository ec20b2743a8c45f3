"""Advice at the moment an example is added: `python -m trainer.advise "frase" --intent X`."""

from trainer.advise.advice import Advice, Near, Rival, Turn
from trainer.advise.adviser import Adviser

__all__ = ["Advice", "Adviser", "Near", "Rival", "Turn"]
