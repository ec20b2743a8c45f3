"""Someone who talks to the assistant through the gateway's public API, one turn after another."""

from __future__ import annotations

import time
import uuid
from typing import Any

import httpx

ANSWER_SECONDS = 60


class Visitor:
    """Sends, and asks for the answers again and again until they are there."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=f"{url}/api/v1", timeout=20)
        session = self.http.post("/sessions").json()
        self.conversation: str = session["conversation"]
        self.token: str = session["token"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"
        self.messages: list[dict[str, Any]] = []

    def post(self, content: bytes) -> httpx.Response:
        """Send a body as it is."""
        headers = {"Content-Type": "application/json"}
        return self.http.post("/messages", content=content, headers=headers)

    def say(self, text: str, **headers: str) -> list[dict[str, Any]]:
        """Send a text and keep the answers."""
        return self.answers(self.send(headers, text=text)["seq"])

    def choose(self, label: str) -> list[dict[str, Any]]:
        """Press the newest choice of that label."""
        choices = {c["label"]: c["id"] for m in self.messages for c in m.get("choices", [])}
        return self.answers(self.send(choice=choices[label])["seq"])

    def send(self, headers: dict[str, str] | None = None, **body: str) -> dict[str, Any]:
        """Send a message, and return it as it was stored."""
        body = {"id": str(uuid.uuid4()), **body}
        response = self.http.post("/messages", json=body, headers=headers)
        assert response.status_code == 202, response.text
        sent: dict[str, Any] = response.json()["message"]
        return sent

    def answers(self, seq: int) -> list[dict[str, Any]]:
        """Return, and keep, what was answered to the message `seq`, once it is settled."""
        end = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < end:
            mine, *others = self.history(after=seq - 1)
            if mine["state"] != "pending":
                self.messages = [m for m in others if m.get("reply_to") == seq]
                return self.messages
            time.sleep(0.05)
        raise AssertionError(f"message {seq} of {self.conversation} is still pending")

    def history(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the conversation's messages after a number."""
        found = self.http.get("/messages", params={"after": after})
        assert found.status_code == 200, found.text
        messages: list[dict[str, Any]] = found.json()["messages"]
        return messages

    def labels(self) -> list[str]:
        """Return what can be chosen after the last turn, the primary choices first."""
        return [c["label"] for m in self.messages for c in m.get("choices", [])]

    def case(self) -> int:
        """Return the number of the case that the last turn opened, or 0."""
        return next((m["case"] for m in self.messages if m.get("case")), 0)
