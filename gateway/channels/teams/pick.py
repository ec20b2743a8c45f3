"""A card that asks which situation it was."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.channels import actions as ids
from gateway.channels import plain
from gateway.channels.case import Pick, short
from gateway.channels.plain import Room
from gateway.channels.teams import cards
from gateway.channels.teams.cards import Activity, Element
from gateway.channels.teams.case import SITUATION
from gateway.channels.texts import ChannelTexts


def draw(situations: Sequence[Pick], texts: ChannelTexts, reference: str) -> Activity:
    """Return the card; what is picked comes back with `reference`."""

    def build(room: Room) -> list[Element]:
        picks, label = short(situations, room), texts.pick_situation_label
        data = {"action": ids.PICK_SITUATION, "reference": reference}
        return [
            cards.select(SITUATION, label, picks, texts.options_placeholder),
            cards.actions([cards.submit(texts.send, data, with_inputs=True)]),
        ]

    body = plain.fitted(build, cards.fits)
    return cards.activity(body, texts.pick_situation_label, texts)
