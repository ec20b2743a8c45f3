"""Calls of the action server at half the price; docs/performance.md has what it was measured by.

Two things in Rasa 3.6.21 cost more than the turn they belong to, and neither can be set:

- `RemoteAction._validate_action_result` (rasa/core/actions/action.py) calls `jsonschema.validate`,
  which checks the schema itself, 450 lines of events, against its meta-schema at every call.
- `EndpointConfig.request` (rasa/utils/endpoints.py) opens a connection for every call.
"""

from __future__ import annotations

from functools import lru_cache
from types import TracebackType
from typing import Any, Dict, Optional, Type

import aiohttp
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import Agent
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.utils.endpoints import EndpointConfig

# The action server closes idle connections after five seconds; one that it closes while we write
# looks as if it had died in the middle of an action.
KEEP_ALIVE_SECONDS = 2.0


class _Lent:
    """Lends a session that stays open; Rasa closes what it is given."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        return None


class KeptEndpoint(EndpointConfig):
    """Rasa's endpoint with one session, whose connections are used again."""

    _kept: Optional[aiohttp.ClientSession] = None

    @classmethod
    def of(cls, found: EndpointConfig) -> KeptEndpoint:
        """Return the same endpoint, keeping its connections."""
        kept = cls()
        kept.__dict__.update(vars(found))
        return kept

    def session(self) -> Any:
        """Lend the session, made within the running loop when first asked for."""
        if self._kept is None:
            self._kept = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(keepalive_timeout=KEEP_ALIVE_SECONDS, limit=0),
                headers=self.headers,
                auth=self._auth(),
                timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
            )
        return _Lent(self._kept)

    def _auth(self) -> Optional[aiohttp.BasicAuth]:
        given = self.basic_auth
        return aiohttp.BasicAuth(given["username"], given["password"]) if given else None

    async def close(self) -> None:
        """Close its connections."""
        if self._kept is not None:
            await self._kept.close()
            self._kept = None


def keep_connections(agent: Agent) -> Optional[KeptEndpoint]:
    """Give the agent an endpoint that keeps its connections; None where it calls no actions."""
    if agent.action_endpoint is None:
        return None
    kept = KeptEndpoint.of(agent.action_endpoint)
    agent.action_endpoint = kept
    if agent.processor:
        agent.processor.action_endpoint = kept
    return kept


def check_results_once_compiled() -> None:
    """Have every action's result checked by a validator that is made once."""
    # Rasa has no setting and no seam for it: see above.
    RemoteAction._validate_action_result = _is_valid  # type: ignore[method-assign]


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    """Return what `jsonschema.validate` would make: the newest draft, as the schema names none."""
    schema = RemoteAction.action_response_format_spec()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _is_valid(_action: RemoteAction, result: Dict[str, Any]) -> bool:
    """Return True, or raise the ValidationError that Rasa would."""
    error = best_match(_validator().iter_errors(result))
    if error is not None:
        error.message += ". Failed to validate Action server response from API"
        raise error
    return True
