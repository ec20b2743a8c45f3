"""Sessions: how a visitor comes in, stays in, and leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.identity.schemas import Session
from gateway.identity.site import BadIdentity, SiteLogin
from gateway.identity.tokens import Tokens
from gateway.store.people import AlreadyUsed, Known, People


class IdentityRequired(Exception):
    """This gateway takes nobody whom the site's login does not vouch for."""


@dataclass(frozen=True)
class Access:
    """What a request with a valid token may read and write, until `expires_at` (UTC)."""

    session: str
    visitor: str
    conversation: str
    identified: bool
    expires_at: datetime


class Sessions:
    """Opens, finds, renews and ends sessions."""

    def __init__(
        self, tokens: Tokens, site: SiteLogin, people: People, require_identity: bool
    ) -> None:
        self._tokens = tokens
        self._site = site
        self._people = people
        self._require_identity = require_identity

    async def open(self, identity: str | None, token: str | None) -> Session:
        """Open a session for whom `identity` (the site's JWT) names, else for a new visitor.

        `token` is that of an anonymous session in the same browser, if there is one; a person
        without a conversation takes over its own. Raises BadIdentity or IdentityRequired.
        """
        if identity is not None:
            return self._issue(await self._open_identified(identity, token))
        if self._require_identity:
            raise IdentityRequired
        return self._issue(await self._people.open_anonymous())

    async def _open_identified(self, identity: str, token: str | None) -> Known:
        person = self._site.read(identity)
        before = await self.find(token) if token else None
        anonymous = before.visitor if before and not before.identified else None
        try:
            return await self._people.open_identified(person, anonymous)
        except AlreadyUsed as error:
            raise BadIdentity("replayed") from error

    async def renew(self, renewal: str) -> Session | None:
        """Exchange a renewal token for new ones; None where it is not the newest (or nearly)."""
        found = self._tokens.read_renewal(renewal)
        known = await self._people.renew(found.session, found.generation) if found else None
        return self._issue(known) if known else None

    def signed(self, token: str) -> str | None:
        """Return the session whose token this is by its signature; it may be over since."""
        opened = self._tokens.read(token)
        return opened.session if opened else None

    async def find(self, token: str) -> Access | None:
        """Return what `token` opens, or None if it is invalid, expired, revoked or erased."""
        opened = self._tokens.read(token)
        known = await self._people.find(opened.session, opened.generation) if opened else None
        if opened is None or known is None:
            return None
        return Access(
            known.session, known.visitor, known.conversation, known.identified, opened.expires_at
        )

    async def revoke(self, session: str) -> None:
        """End a session: neither of its tokens is good for anything any more."""
        await self._people.revoke(session)

    def _issue(self, known: Known) -> Session:
        return Session(
            token=self._tokens.issue(known.session, known.generation),
            renewal=self._tokens.issue_renewal(known.session, known.generation),
            expires_in=int(self._tokens.lifetime.total_seconds()),
            conversation=known.conversation,
            identified=known.identified,
        )
