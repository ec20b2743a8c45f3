"""A pair of workers: Rasa and its action server, from a bundle's folder or from the working one."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml
from ulid import ULID

from release.settings import ROOT
from release.wording import say
from serving.ports import free_port
from serving.process import Child

READY_SECONDS = 180.0
PROBE_SECONDS = 30.0
_STEP = 0.1
_RASA_PORT, _ACTIONS_PORT = 5005, 5055
_PROBE = "oi"
BIN = ROOT / ".venv" / "bin"


class NotReady(Exception):
    """A pair that cannot be switched to; the text says why, for people."""


@dataclass(frozen=True)
class Source:
    """Where a pair works: `version` and `model` are None for the working folder."""

    folder: Path = ROOT
    version: str | None = None
    model: str | None = None


class Pair:
    """Two processes on loopback. `endpoints` is a file that is written for them."""

    def __init__(self, source: Source, run: Path) -> None:
        self.source = source
        own = source.version is not None
        self.rasa_port = free_port() if own else _RASA_PORT
        self.actions_port = free_port() if own else _ACTIONS_PORT
        self._endpoints = run / f"endpoints-{self.rasa_port}.yml"
        self.children = [
            Child("rasa", self._rasa(), source.folder, self._environment()),
            Child("actions", self._actions(), source.folder, self._environment()),
        ]

    @property
    def rasa_url(self) -> str:
        """Return where its Rasa listens."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        """Return where its action server listens."""
        return f"http://127.0.0.1:{self.actions_port}"

    def workers(self) -> dict[str, Any]:
        """Return what gateways are told of it."""
        own = self.source.version is not None
        return {
            "version": self.source.version,
            "rasa_url": self.rasa_url,
            "actions_url": self.actions_url,
            "knowledge": str(self.source.folder / "knowledge") if own else None,
        }

    async def start(self) -> None:
        """Start both, without waiting."""
        self._write_endpoints()
        for child in self.children:
            await child.start()

    async def stop(self) -> None:
        """End both, Rasa first: its turns need the action server."""
        for child in self.children:
            await child.stop()
        self._endpoints.unlink(missing_ok=True)

    def dead(self) -> Child | None:
        """Return one that has ended, None while both run."""
        return next((child for child in self.children if child.code is not None), None)

    async def probe(self) -> None:
        """Wait until both answer, the right model is loaded, and a message is answered."""
        async with _client() as http:
            model = await self._wait(http, f"{self.rasa_url}/webhooks/gateway/")
            await self._wait(http, f"{self.actions_url}/health")
            if self.source.model and model.get("model") != self.source.model:
                found = model.get("model")
                raise NotReady(say("serve.wrong_model", found=found, wanted=self.source.model))
            await self._talk(http)

    async def _wait(self, http: httpx.AsyncClient, url: str) -> dict[str, Any]:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            if child := self.dead():
                raise NotReady(say("serve.died", name=child.name, code=child.code))
            if found := await _answer(http, url):
                return found
            await asyncio.sleep(_STEP)
        raise NotReady(say("serve.late", seconds=READY_SECONDS))

    async def _talk(self, http: httpx.AsyncClient) -> None:
        """Have a message answered and stored as a person's would be, and erase it."""
        sender, url = str(ULID()), f"{self.rasa_url}/webhooks/gateway"
        body = {"sender": sender, "message": _PROBE, "message_id": str(ULID())}
        try:
            answer = await http.post(f"{url}/webhook", json=body, timeout=PROBE_SECONDS)
            found = answer.json() if answer.status_code == httpx.codes.OK else {}
            await http.delete(f"{url}/conversations/{sender}")
        except (httpx.HTTPError, json.JSONDecodeError) as error:
            raise NotReady(say("serve.probe", reason=type(error).__name__)) from None
        if not (found.get("stored") and found.get("messages")):
            reason = say("serve.no_answer") if found else f"status {answer.status_code}"
            raise NotReady(say("serve.probe", reason=reason))

    def _rasa(self) -> list[str]:
        files = ["--credentials", str(ROOT / "credentials.yml"), "--endpoints"]
        place = ["--interface", "127.0.0.1", "--port", str(self.rasa_port)]
        model = ["--model", "models/omni.tar.gz"]
        return [str(BIN / "rasa"), "run", *model, *files, str(self._endpoints), *place]

    def _actions(self) -> list[str]:
        own = ["--actions", "actions", "--logging-config_file", str(ROOT / "logging.yml")]
        sdk = [str(BIN / "python"), "-W", "ignore", "-m", "rasa_sdk", *own]
        return [*sdk, "--port", str(self.actions_port)]

    def _environment(self) -> dict[str, str]:
        # Two pairs share the tracker's file for as long as the versions change.
        found = {"PYTHONPATH": str(ROOT), "OMNI_PAIRED": "1"}
        if self.source.version:
            found["OMNI_VERSION"] = self.source.version
            found["OMNI_KNOWLEDGE_DIR"] = str(self.source.folder / "knowledge")
        return found

    def _write_endpoints(self) -> None:
        """Write endpoints for this pair's action server; the tracker is where it always is."""
        found = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
        found["action_endpoint"]["url"] = f"{self.actions_url}/webhook"
        store = found["tracker_store"]
        if store.get("dialect") == "sqlite":
            store["db"] = str(ROOT / store["db"])
        self._endpoints.parent.mkdir(parents=True, exist_ok=True)
        self._endpoints.write_text(yaml.safe_dump(found), encoding="utf-8")


async def _answer(http: httpx.AsyncClient, url: str) -> dict[str, Any] | None:
    """Return what a server that is up says, None while it is not; raise NotReady for good."""
    try:
        answer = await http.get(url)
        said = dict(answer.json())
    except (httpx.HTTPError, ValueError):
        return None
    # Rasa listens once it has tried to load its model: one that is not there then never comes.
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and "model" in said:
        raise NotReady(say("serve.no_model"))
    return said if answer.status_code == httpx.codes.OK else None


@asynccontextmanager
async def _client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=5.0, trust_env=False) as http:
        yield http
