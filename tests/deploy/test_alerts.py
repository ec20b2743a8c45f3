"""The alerts name metrics that exist, and docs/operating.md says what to do for each."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.deploy.known import DEPLOY, ROOT, metrics

RULES: list[dict[str, Any]] = yaml.safe_load(
    (DEPLOY / "prometheus" / "omni.rules.yml").read_text(encoding="utf-8")
)["groups"][0]["rules"]
GUIDE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
LABELS = {"outcome": {"answered", "set_aside"}, "reason": {"unexpected", "too_many"}}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_each_is_whole(rule: dict[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert len(rule["annotations"]["summary"]) > 20
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "1m"))
    for opening, closing in ("()", "{}", "[]"):
        assert rule["expr"].count(opening) == rule["expr"].count(closing)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_its_metrics_exist(rule: dict[str, Any]) -> None:
    named = set(re.findall(r"omni_\w+", rule["expr"]))
    assert named
    assert named <= metrics(), named - metrics()
    for label, value in re.findall(r'(\w+)="(\w+)"', rule["expr"]):
        assert value in LABELS[label]


def test_what_to_do_is_said_for_each_and_for_no_other() -> None:
    told = re.findall(r"(?m)^\| `(Omni\w+)` \|", GUIDE)
    assert told == [rule["alert"] for rule in RULES]


def test_every_gauge_of_trouble_has_an_alert() -> None:
    watched = {name for rule in RULES for name in re.findall(r"omni_\w+", rule["expr"])}
    trouble = {
        "omni_store_up",
        "omni_queue_age_seconds",
        "omni_erasures_pending",
        "omni_cases_age_seconds",
        "omni_deliveries_failing",
        "omni_turns_unstored_total",
        "omni_turns_silent_total",
        "omni_fallbacks_total",
    }
    assert trouble <= watched
