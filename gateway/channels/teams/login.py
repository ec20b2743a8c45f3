"""The bot's own credentials: a secret of its tenant, or its managed identity."""

from __future__ import annotations

import asyncio
from typing import Any

from microsoft_agents.authentication.msal import MsalAuth
from microsoft_agents.hosting.core import AgentAuthConfiguration, AuthTypes
from msal import ConfidentialClientApplication, ManagedIdentityClient, UserAssignedManagedIdentity
from requests import Response, Session

from gateway.channels.teams.settings import ISSUER, LOGIN, TeamsSettings

SECONDS = 10.0
# What Microsoft calls the Bot Connector among the things that tokens are for.
RESOURCE = ISSUER


class Login(MsalAuth):
    """The SDK's login, which asks nobody before the first token, and waits ten seconds at most.

    The SDK gives MSAL no time-out: a login that hangs would hold a thread for ever. It makes MSAL's
    client, which looks up the tenant, in the event loop, which would stand still meanwhile. It also
    has MSAL ask Microsoft whether another login server is genuine, which no proxy of one can be.
    """

    def __init__(self, settings: TeamsSettings) -> None:
        secret = settings.app_secret
        super().__init__(
            AgentAuthConfiguration(
                AuthTypes.client_secret if secret else AuthTypes.user_managed_identity,
                client_id=settings.app_id,
                tenant_id=settings.tenant,
                client_secret=secret or None,
                authority=f"{settings.login_url}/{settings.tenant}",
            )
        )
        self._is_elsewhere = settings.login_url != LOGIN
        self._one = asyncio.Lock()

    async def token(self) -> str:
        """Return a token for the Bot Connector, from memory while it lasts.

        Raises ValueError or requests' RequestException where none is to be had.
        """
        async with self._one:
            await asyncio.to_thread(self._get_client)
        return await self.get_access_token(RESOURCE, [f"{RESOURCE}/.default"])

    def _create_client_application(
        self, tenant_id: str | None = None
    ) -> ConfidentialClientApplication | ManagedIdentityClient:
        found = self._msal_configuration
        if AuthTypes.user_managed_identity == found.AUTH_TYPE:
            identity = UserAssignedManagedIdentity(client_id=found.CLIENT_ID)
            return ManagedIdentityClient(identity, http_client=_Patient())
        return ConfidentialClientApplication(
            client_id=found.CLIENT_ID,
            authority=found.AUTHORITY,
            client_credential=found.CLIENT_SECRET,
            instance_discovery=False if self._is_elsewhere else None,
            http_client=_Patient(),
        )


class _Patient(Session):
    """Requests that end in time."""

    def request(self, *args: Any, **kwargs: Any) -> Response:
        """Make a request, with a time-out where none is given."""
        return super().request(*args, **{"timeout": SECONDS, **kwargs})
