"""What Slack would refuse, or read into a text, in what is drawn here.

From docs.slack.dev/reference/block-kit and …/reference/views; the models of slack_sdk give a second
opinion. Beyond Slack's own limits, no text may hold a mention, and every address must be safe.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block as SdkBlock
from slack_sdk.models.views import View

from gateway.channels.markup import safe_url, web_url
from gateway.channels.plain import size
from gateway.channels.slack.blocks import MAX_BLOCKS, MAX_WEIGHT, weight

MAX_VIEW_BLOCKS = 100
MAX_TEXT = 4000  # of the fallback: Slack asks for it, and cuts far beyond it
_TOKEN = re.compile(r"<([^<>]*)>")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_RUN_FIELDS = {"type", "text", "style"}
_STYLES = {"bold", "italic", "code"}

Json = Mapping[str, Any]
Faults = Iterator[str]


def message_faults(payload: Json) -> list[str]:
    """Return what is wrong with {"text", "blocks"} for chat.postMessage; nothing where all is."""
    return list(_message(payload))


def view_faults(view: Json) -> list[str]:
    """Return what is wrong with a window or the app's home for views.open or views.publish."""
    return list(_view(view))


def _message(payload: Json) -> Faults:
    if set(payload) != {"text", "blocks"}:
        yield f"fields {sorted(payload)}"
        return
    yield from _length("text", payload["text"], MAX_TEXT)
    yield from _markup("text", payload["text"])
    yield from _blocks(payload["blocks"], MAX_BLOCKS)
    if weight(payload["blocks"]) > MAX_WEIGHT:
        yield f"blocks weigh {weight(payload['blocks'])}"


def _view(view: Json) -> Faults:
    is_modal = view.get("type") == "modal"
    if not is_modal and set(view) != {"type", "blocks"}:
        yield f"home with {sorted(view)}"
    for name in ("title", "submit", "close") if is_modal else ():
        if name in view or name == "title":
            yield from _text(f"view.{name}", view.get(name), 24, "plain_text")
    yield from _length("metadata", view.get("private_metadata", ""), 3000, least=0)
    yield from _length("callback", view.get("callback_id", ""), 255, least=0)
    if "submit" not in view and any(b.get("type") == "input" for b in view["blocks"]):
        yield "input without submit"
    yield from _blocks(view["blocks"], MAX_VIEW_BLOCKS, is_modal)
    try:
        View(**copy.deepcopy(dict(view))).to_dict()
    except SlackObjectFormationError as error:
        yield f"slack_sdk: {error}"


def _blocks(blocks: list[Json], most: int, takes_input: bool = False) -> Faults:
    if not 1 <= len(blocks) <= most:
        yield f"{len(blocks)} blocks"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        yield "a block id twice"
    for number, block in enumerate(blocks):
        kind = block.get("type", "")
        if kind not in _KINDS or (kind == "input" and not takes_input):
            yield f"block {number} of type {kind!r}"
            continue
        yield from _length("block_id", block.get("block_id", "x"), 255)
        yield from (f"block {number}: {fault}" for fault in _KINDS[kind](block))
        yield from (f"block {number}: {fault}" for fault in _sdk(block))


def _sdk(block: Json) -> Faults:
    """What slack_sdk says, and whether it knows every field."""
    try:
        parsed = SdkBlock.parse(copy.deepcopy(dict(block)))
        if parsed is None or parsed.to_dict() != block:
            yield "unknown to slack_sdk"
    except (SlackObjectFormationError, TypeError) as error:
        yield f"slack_sdk: {error}"


def _section(block: Json) -> Faults:
    yield from _text("section", block.get("text"), 3000)


def _header(block: Json) -> Faults:
    yield from _text("header", block.get("text"), 150, "plain_text")


def _divider(block: Json) -> Faults:
    yield from ()


def _context(block: Json) -> Faults:
    elements = block.get("elements", [])
    yield from _count("context", elements, 10)
    for element in elements:
        yield from _text("context", element, 3000)


def _rich(block: Json) -> Faults:
    elements = block.get("elements", [])
    yield from _count("rich text", elements, 50)
    for element in elements:
        if element.get("type") not in ("rich_text_section", "rich_text_preformatted"):
            yield f"rich text element {element.get('type')}"
        runs = element.get("elements", [])
        yield from _count("runs", runs, 3000)
        for run in runs:
            # Any other type is a mention, a link or an emoji.
            if run.get("type") != "text" or not set(run) <= _RUN_FIELDS:
                yield f"run {sorted(run)} of type {run.get('type')}"
            elif not set(run.get("style", ())) <= _STYLES:
                yield "run style"
            if not run.get("text"):
                yield "run of nothing"


def _actions(block: Json) -> Faults:
    elements = block.get("elements", [])
    yield from _count("actions", elements, 25)
    ids = [element.get("action_id") for element in elements]
    if len(ids) != len(set(ids)):
        yield "an action id twice"
    for element in elements:
        yield from _element(element, ("button", "static_select"))


def _input(block: Json) -> Faults:
    yield from _text("label", block.get("label"), 2000, "plain_text")
    if "hint" in block:
        yield from _text("hint", block["hint"], 2000, "plain_text")
    yield from _element(block.get("element", {}), ("static_select", "plain_text_input"))


def _element(element: Json, allowed: tuple[str, ...]) -> Faults:
    kind = element.get("type", "")
    yield from _length("action_id", element.get("action_id"), 255)
    if kind not in allowed:
        yield f"element of type {kind!r}"
    elif kind == "button":
        yield from _button(element)
    elif kind == "static_select":
        yield from _select(element)
    elif not 1 <= element.get("max_length", 3000) <= 3000:
        yield "max_length"
    if "confirm" in element:
        for name, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            yield from _text(f"confirm.{name}", element["confirm"].get(name), most)


def _button(button: Json) -> Faults:
    yield from _text("button", button.get("text"), 75, "plain_text")
    yield from _length("value", button.get("value", "x"), 2000)
    if button.get("style", "primary") not in ("primary", "danger"):
        yield f"style {button['style']}"
    if "url" in button and not web_url(button["url"]):
        yield f"button to {button['url'][:40]}"
    if "url" not in button and "value" not in button:
        yield "button that says nothing"


def _select(select: Json) -> Faults:
    yield from _text("placeholder", select.get("placeholder"), 150, "plain_text")
    groups = select.get("option_groups", [])
    if ("options" in select) == bool(groups):
        yield "options and groups, or neither"
    for group in groups:
        yield from _text("group", group.get("label"), 75, "plain_text")
    lists = [group.get("options", []) for group in groups] or [select.get("options", [])]
    yield from _count("groups", lists, 100)
    for options in lists:
        yield from _count("options", options, 100)
        for option in options:
            yield from _text("option", option.get("text"), 75, "plain_text")
            yield from _length("option value", option.get("value"), 75)
    values = [option.get("value") for options in lists for option in options]
    if len(values) != len(set(values)):
        yield "an option value twice"


def _text(where: str, text: Json | None, most: int, kind: str = "") -> Faults:
    if not isinstance(text, Mapping):
        yield f"{where} without text"
        return
    yield from _length(where, text.get("text"), most)
    if text.get("type") not in ({kind} if kind else {"mrkdwn", "plain_text"}):
        yield f"{where} of type {text.get('type')}"
    if text.get("type") == "mrkdwn":
        yield from _markup(where, text.get("text", ""))
        if text.get("verbatim") is not True:
            yield f"{where} lets Slack look for names and channels"


def _markup(where: str, text: str) -> Faults:
    """Every `<…>` must be a safe link, every other control character escaped."""
    for token in _TOKEN.findall(text):
        address = token.partition("|")[0].replace("&amp;", "&")
        if not safe_url(address):
            yield f"{where} with <{token[:40]}>"
    if set("<>") & set(_TOKEN.sub("", text)) or _ENTITY.search(text):
        yield f"{where} is not escaped"


def _length(where: str, text: Any, most: int, least: int = 1) -> Faults:
    if not isinstance(text, str) or not least <= size(text) <= most or (least and not text.strip()):
        yield f"{where} of {size(text) if isinstance(text, str) else 'no'} characters"


def _count(where: str, found: list[Any], most: int) -> Faults:
    if not 1 <= len(found) <= most:
        yield f"{len(found)} {where}"


_KINDS: dict[str, Callable[[Json], Faults]] = {
    "section": _section,
    "header": _header,
    "divider": _divider,
    "context": _context,
    "rich_text": _rich,
    "actions": _actions,
    "input": _input,
}
