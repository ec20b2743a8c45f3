"""The ids that a button, a select or a submit brings back; the same on both platforms."""

from __future__ import annotations

from typing import Literal

# A choice of the message: in Slack "choose:0", "choose:1" … and "choose:select".
CHOOSE = "choose"
OPEN = "open"  # a link button, which Slack reports as well

AGENT_COPY = "agent_copy"
AGENT_SHARE = "agent_share"
AGENT_WRONG = "agent_wrong"

CASE_ASSUME = "case_assume"
CASE_PASS = "case_pass"  # noqa: S105 (no password)
CASE_HAND_BACK = "case_hand_back"
CASE_COPY = "case_copy"
CASE_WRONG = "case_wrong"
CASE_CLOSE = "case_close"

PICK_SITUATION = "pick_situation"
PICK_CHECK = "pick_check"
REPLY = "reply"
CLOSE = "close"

Holder = Literal["assistant", "waiting", "person", "closed"]
# What an agent can do with a case, by who holds the conversation.
CASE_ACTIONS: dict[Holder, tuple[str, ...]] = {
    "waiting": (CASE_ASSUME, CASE_COPY, CASE_WRONG),
    "person": (CASE_PASS, CASE_HAND_BACK, CASE_COPY, CASE_WRONG, CASE_CLOSE),
    "assistant": (CASE_ASSUME, CASE_COPY, CASE_WRONG),
    "closed": (CASE_COPY, CASE_WRONG),
}
