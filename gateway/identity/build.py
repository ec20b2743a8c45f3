"""Sessions as the settings ask for them."""

from __future__ import annotations

from gateway.access_settings import AccessSettings
from gateway.identity.sessions import Sessions
from gateway.identity.site import SiteLogin
from gateway.identity.tokens import Tokens
from gateway.store.engine import Database
from gateway.store.people import People


def build_sessions(database: Database, secret: str, settings: AccessSettings) -> Sessions:
    """Wire the parts. `secret` signs our tokens and hides who the site's people are."""
    return Sessions(
        Tokens(secret, settings.token_minutes, settings.renewal_days),
        SiteLogin(settings.site_keys, settings.site_audience, secret),
        People(database),
        settings.require_identity,
    )
