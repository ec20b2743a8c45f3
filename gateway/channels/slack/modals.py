"""Windows in Slack: what one is asked for, or may copy. `metadata` comes back with the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.channels import actions as ids
from gateway.channels.case import Pick
from gateway.channels.plain import cut
from gateway.channels.slack import blocks as kit
from gateway.channels.slack.blocks import Block
from gateway.channels.texts import ChannelTexts

MAX_TITLE = 24
MAX_METADATA = 3000
MAX_ANSWER = 2000  # what the gateway takes as one message
MAX_COPIED = 9000

View = dict[str, Any]


def pick_situation(texts: ChannelTexts, situations: Sequence[Pick], metadata: str) -> View:
    """Ask which situation it was; the answer is in values[PICK_SITUATION][PICK_SITUATION]."""
    field = kit.select(ids.PICK_SITUATION, texts.options_placeholder, situations)
    return _asking(ids.PICK_SITUATION, texts.pick_situation, texts, metadata, [
        _input(ids.PICK_SITUATION, texts.pick_situation_label, field)
    ])  # fmt: skip


def pick_check(texts: ChannelTexts, checks: Sequence[Pick], metadata: str) -> View:
    """Ask at which check the assistant goes on; the answer is in values[PICK_CHECK][PICK_CHECK]."""
    field = kit.select(ids.PICK_CHECK, texts.options_placeholder, checks)
    return _asking(ids.PICK_CHECK, texts.pick_check_title, texts, metadata, [
        _input(ids.PICK_CHECK, texts.pick_check_label, field)
    ])  # fmt: skip


def reply(texts: ChannelTexts, metadata: str) -> View:
    """Ask for a reply to the person; the answer is in values[REPLY][REPLY]."""
    field = _input(ids.REPLY, texts.reply_label, _field(ids.REPLY), texts.reply_hint)
    return _asking(ids.REPLY, texts.reply_title, texts, metadata, [field])


def close_case(texts: ChannelTexts, metadata: str) -> View:
    """Ask how the case ended, which may be left out; it is in values[CLOSE][CLOSE]."""
    field = _input(ids.CLOSE, texts.close_label, _field(ids.CLOSE), texts.close_hint)
    return _asking(ids.CLOSE, texts.close_title, texts, metadata, [{**field, "optional": True}])


def customer_text(texts: ChannelTexts, text: str) -> View:
    """Show a text to be copied for the customer."""
    blocks = [
        kit.context(texts.customer_body),
        kit.preformatted(cut(text, MAX_COPIED) or texts.message),
    ]
    return {**_window(texts.customer_title, texts.close), "blocks": blocks}


def _asking(
    callback: str, title: str, texts: ChannelTexts, metadata: str, blocks: list[Block]
) -> View:
    return {
        **_window(title, texts.cancel),
        "callback_id": callback,
        "private_metadata": metadata,
        "submit": kit.plain_text(texts.send, MAX_TITLE),
        "blocks": blocks,
    }


def _window(title: str, close: str) -> View:
    shown = {"title": title, "close": close}
    return {"type": "modal", **{k: kit.plain_text(v, MAX_TITLE) for k, v in shown.items()}}


def _input(name: str, label: str, element: Block, hint: str = "") -> Block:
    made = {"type": "input", "block_id": name, "label": kit.plain_text(label, 2000)}
    return {**made, "element": element, **({"hint": kit.plain_text(hint, 2000)} if hint else {})}


def _field(name: str) -> Block:
    return {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": True,
        "max_length": MAX_ANSWER,
    }
