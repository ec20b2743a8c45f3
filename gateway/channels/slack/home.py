"""The app's home in Slack: what the assistant covers, and the agent's open cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.knowledge import Situation
from gateway.channels.case import CaseLine, standing
from gateway.channels.markup import web_url
from gateway.channels.plain import one_line
from gateway.channels.slack import blocks as kit
from gateway.channels.slack.blocks import Block
from gateway.channels.slack.mrkdwn import escape, link, pack
from gateway.channels.texts import ChannelTexts

MAX_CASES = 20


def home(
    texts: ChannelTexts, modules: Mapping[str, Sequence[Situation]], cases: Sequence[CaseLine]
) -> dict[str, Any]:
    """Return the view for views.publish; `modules` is Knowledge.modules()."""
    blocks = [
        kit.header(texts.home_title),
        kit.section(escape(texts.home_body)),
        {"type": "divider"},
        kit.header(texts.home_cases),
        *_cases(cases, texts),
        {"type": "divider"},
        kit.header(texts.home_covers),
        *kit.spread(pack(_covered(modules))),
    ]
    return {"type": "home", "blocks": blocks}


def _cases(cases: Sequence[CaseLine], texts: ChannelTexts) -> list[Block]:
    if not cases:
        return [kit.context(texts.home_no_cases)]
    lines = [[_case(case, texts)] for case in cases[:MAX_CASES]]
    left = len(cases) - len(lines)
    more = [kit.context(texts.home_more_cases.format(n=left))] if left else []
    return [*kit.spread(pack(lines)), *more]


def _case(case: CaseLine, texts: ChannelTexts) -> str:
    title = texts.home_case.format(number=case.number, title=one_line(case.title, 150))
    return f"• {link(title, web_url(case.url))} · {escape(standing(case, texts))}"


def _covered(modules: Mapping[str, Sequence[Situation]]) -> list[list[str]]:
    lines: list[list[str]] = []
    for module, situations in modules.items():
        lines += [[], [f"*{escape(module)}*"]]
        lines += [[f"• {escape(one_line(situation.title, 150))}"] for situation in situations]
    return lines
