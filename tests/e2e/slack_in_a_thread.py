"""The fake Slack for tests that are not asynchronous."""

from __future__ import annotations

from typing import Any

from fake_slack import APP_TOKEN, BOT_TOKEN, DESK, FakeSlack
from in_a_thread import Loop
from slack_person import Person

Json = dict[str, Any]


class SlackInAThread(Loop):
    """A Slack, and `ana`, who works there."""

    def __init__(self) -> None:
        super().__init__()
        self.slack = self.run(_made())
        self.ana = Person(self.slack)

    @property
    def settings(self) -> dict[str, str]:
        """What a gateway is started with to be an app of this Slack."""
        return {
            "OMNI_SLACK_BOT_TOKEN": BOT_TOKEN,
            "OMNI_SLACK_APP_TOKEN": APP_TOKEN,
            "OMNI_SLACK_CASES_CHANNEL": DESK,
            "OMNI_SLACK_API": f"{self.slack.url}/api/",
        }

    def close(self) -> None:
        """End it."""
        self.run(self.slack.stop())
        self.stop()


async def _made() -> FakeSlack:
    slack = FakeSlack()
    await slack.start()
    return slack
