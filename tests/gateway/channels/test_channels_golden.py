"""What each telling message becomes; OMNI_WRITE_GOLDEN=1 writes the files anew, to be read over."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from channel_samples import CASES, MESSAGES, PICKS, TRANSCRIPT
from channel_support import TEXTS

from assistant.knowledge import load_knowledge
from assistant.settings import Settings
from gateway.channels.case import CaseLine
from gateway.channels.slack import case as slack_case
from gateway.channels.slack import message as slack_message
from gateway.channels.slack import modals
from gateway.channels.slack.home import home
from gateway.channels.slack.limits import message_faults, view_faults
from gateway.channels.teams import case as teams_case
from gateway.channels.teams import message as teams_message
from gateway.channels.teams.limits import activity_faults

GOLDEN = Path(__file__).with_name("golden")
PLATFORMS = {"slack": (slack_message, slack_case), "teams": (teams_message, teams_case)}
CHECK = MESSAGES["check"]
MODULES = load_knowledge(Settings().knowledge_dir).modules()
OPEN = [
    CaseLine(12, "Não recebe e-mails", "person", "Bia", "https://exemplo.slack.com/archives/C1/p1"),
    CaseLine(13, "Situação não identificada", "waiting"),
]


def drawn(platform: str) -> dict[str, Any]:
    """Everything that is kept for a platform, by name."""
    message, case = PLATFORMS[platform]
    return {
        **{name: message.draw(sample, TEXTS) for name, sample in MESSAGES.items()},
        "check_chosen": message.chosen(CHECK, TEXTS, CHECK.choices[1].id),
        "check_typed": message.chosen(CHECK, TEXTS, None),
        "check_for_agent": message.for_agent(CHECK, TEXTS, "01ARZ3NDEKTSV4RRFFQ69G5FAV:7"),
        "check_shared": message.shared(CHECK, TEXTS),
        **{name: case.draw(sample, TEXTS) for name, sample in CASES.items()},
        "transcript": case.transcript(TRANSCRIPT, TEXTS)[0],
    }


VIEWS = {
    "home": home(TEXTS, MODULES, OPEN),
    "home_without_cases": home(TEXTS, MODULES, []),
    "modal_situation": modals.pick_situation(TEXTS, PICKS["situations"], '{"case": 12}'),
    "modal_check": modals.pick_check(TEXTS, PICKS["checks"], '{"case": 12}'),
    "modal_reply": modals.reply(TEXTS, '{"case": 12}'),
    "modal_close": modals.close_case(TEXTS, '{"case": 12}'),
    "modal_customer_text": modals.customer_text(TEXTS, PICKS["customer_text"]),
}
KEPT = {("slack", name): made for name, made in {**drawn("slack"), **VIEWS}.items()} | {
    ("teams", name): made for name, made in drawn("teams").items()
}


@pytest.mark.parametrize(("platform", "name"), KEPT)
def test_a_sample_becomes_what_was_read_over(platform, name):
    path = GOLDEN / platform / f"{name}.json"
    if os.environ.get("OMNI_WRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(KEPT[platform, name], ensure_ascii=False, indent=1)
        path.write_text(f"{text}\n", encoding="utf-8")
    assert KEPT[platform, name] == json.loads(path.read_text(encoding="utf-8"))


def test_no_file_is_left_over():
    files = {(path.parent.name, path.stem) for path in GOLDEN.glob("*/*.json")}
    assert files == set(KEPT)


@pytest.mark.parametrize(("platform", "name"), KEPT)
def test_a_sample_is_within_the_limits(platform, name):
    made = KEPT[platform, name]
    if platform == "teams":
        assert activity_faults(made) == []
    else:
        assert (view_faults if name in VIEWS else message_faults)(made) == []
