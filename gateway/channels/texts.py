"""The words that Slack and Teams show besides the messages' own, from texts.yml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.texts import read_texts

TEXTS_FILE = Path(__file__).with_name("texts.yml")


@dataclass(frozen=True)
class ChannelTexts:
    """One field per sentence; texts.yml has exactly these names."""

    message: str
    notice: str
    late: str
    progress: str
    path: str
    link_search: str
    link_source: str
    articles: str
    no_link: str
    copy_title: str
    copy_case_title: str
    done: str
    case_number: str
    options: str
    options_placeholder: str
    more_options: str
    more_options_left: str
    choose_by_number: str
    send: str
    chosen: str
    agent_copy: str
    agent_share: str
    agent_wrong: str
    customer_title: str
    customer_body: str
    case_title: str
    case_raised: str
    case_unknown: str
    case_customer: str
    case_waiting: str
    case_person: str
    case_assistant: str
    case_closed: str
    case_closed_by: str
    case_assume: str
    case_pass: str
    case_hand_back: str
    case_hand_back_to: str
    case_hand_back_confirm: str
    case_copy: str
    case_wrong: str
    case_close: str
    confirm: str
    cancel: str
    close: str
    pick_situation: str
    pick_situation_label: str
    pick_check_title: str
    pick_check_label: str
    reply_title: str
    reply_label: str
    reply_hint: str
    close_title: str
    close_label: str
    close_hint: str
    search_none: str
    search_ask: str
    search_found: str
    home_title: str
    home_body: str
    home_cases: str
    home_no_cases: str
    home_case: str
    home_more_cases: str
    home_covers: str
    user: str
    assistant: str
    system: str
    person: str


def load_channel_texts(path: Path = TEXTS_FILE) -> ChannelTexts:
    """Read the words; raise ValueError naming the file and the field that is wrong."""
    return read_texts(path, ChannelTexts)
