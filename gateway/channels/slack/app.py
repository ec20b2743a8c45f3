"""The Bolt app: which of Slack's events goes where.

Its listeners store what came before Slack is told that it did (process_before_response), so an
event that is acknowledged is not lost; whatever waits for Slack is done later.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from gateway.channels import actions as ids
from gateway.channels.slack.asking import Asking
from gateway.channels.slack.casework import Casework
from gateway.channels.slack.choosing import Choosing
from gateway.channels.slack.parts import Parts
from gateway.channels.slack.web import quiet

COMMAND = "/omni"
SHORTCUT = "ver_procedimento"
_CASES = re.compile(r"case_\w+")
_AGENT = re.compile(r"agent_\w+")
_ANYTHING = re.compile(r".*", re.DOTALL)
# What reading an event raises that is not as Slack's documentation says.
_UNREADABLE = (AttributeError, LookupError, TypeError, ValueError)
_log = logging.getLogger(__name__)

Json = dict[str, Any]


def build_app(parts: Parts) -> AsyncApp:
    """Return the app; nothing is sent. Whoever gives it events has checked that they are Slack's.

    (gateway/channels/slack/http.py verifies signatures, Socket Mode is a connection of our own.)
    """

    async def authorize(team_id: str | None, enterprise_id: str | None) -> AuthorizeResult:
        # One workspace, one token: asking Slack at each event would only lose time.
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=parts.web.client.token
        )

    app = AsyncApp(
        name="omni",
        logger=quiet,
        client=parts.web.client,
        authorize=authorize,
        request_verification_enabled=False,
        process_before_response=True,
    )
    asking, choosing, casework = Asking(parts), Choosing(parts), Casework(parts)
    _hear_events(app, asking, casework, parts)
    _hear_people(app, asking)
    _hear_buttons(app, choosing, casework)
    _hear_windows(app, choosing, casework)

    @app.error
    async def failed(error: Exception) -> BoltResponse:
        # Not acknowledged: Slack sends it again.
        _log.error("an event of Slack failed: %s", type(error).__name__)
        return BoltResponse(status=400 if isinstance(error, _UNREADABLE) else 503, body="")

    return app


def _hear_events(app: AsyncApp, asking: Asking, casework: Casework, parts: Parts) -> None:
    @app.event("message")
    async def message(body: Json) -> None:
        if body["event"].get("channel_type") == "im":
            await asking.message(body)
        else:
            await casework.message(body, asking.read)

    @app.event("app_mention")
    async def mention(body: Json) -> None:
        await asking.mention(body)

    @app.event("app_home_opened")
    async def home(body: Json) -> None:
        if body["event"].get("tab", "home") == "home":
            agent = f"slack:{body['team_id']}:{body['event']['user']}"
            parts.later.do(lambda: parts.homes.publish(agent))

    @app.event(_ANYTHING)
    async def other() -> None:
        """Nothing: what is not acknowledged would come again."""


def _hear_people(app: AsyncApp, asking: Asking) -> None:
    @app.command(COMMAND)
    async def command(ack: Any, body: Json) -> None:
        shown = await asking.command(body)
        await (ack(**shown, response_type="ephemeral") if shown else ack())

    @app.shortcut(SHORTCUT)
    async def shortcut(ack: Any, body: Json) -> None:
        await asking.shortcut(body)
        await ack()


def _hear_buttons(app: AsyncApp, choosing: Choosing, casework: Casework) -> None:
    @app.action(re.compile(rf"{ids.CHOOSE}:\w+"))
    async def choose(ack: Any, body: Json) -> None:
        await choosing.choose(body)
        await ack()

    @app.action(_AGENT)
    async def agent(ack: Any, body: Json) -> None:
        await choosing.press(body)
        await ack()

    @app.action(_CASES)
    async def case(ack: Any, body: Json) -> None:
        await casework.press(body)
        await ack()

    @app.action(_ANYTHING)
    async def other(ack: Any) -> None:
        await ack()  # link buttons: Slack reports them, and opens the link by itself


def _hear_windows(app: AsyncApp, choosing: Choosing, casework: Casework) -> None:
    @app.view(ids.PICK_SITUATION)
    async def situation(ack: Any, body: Json) -> None:
        about = body["view"]["private_metadata"]
        await (choosing.relabel(body) if '"talk"' in about else casework.relabel(body))
        await ack()

    @app.view(ids.CLOSE)
    async def close(ack: Any, body: Json) -> None:
        refused = await casework.close(body)
        if refused:
            await ack(response_action="errors", errors={ids.CLOSE: refused})
        else:
            await ack()
