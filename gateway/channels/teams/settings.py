"""Settings of the Teams app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TeamsSettings:
    """Credentials and tenants; completed with the Teams client."""

    app_id: str = ""
    app_secret: str = field(default="", repr=False)
    tenant: str = ""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> TeamsSettings | None:
        """Read the settings, None where Teams is off; raise ValueError naming a wrong variable."""
        if not env.get("OMNI_TEAMS_APP_ID", "").strip():
            return None
        return cls(
            app_id=env["OMNI_TEAMS_APP_ID"].strip(),
            app_secret=env.get("OMNI_TEAMS_APP_SECRET", ""),
            tenant=env.get("OMNI_TEAMS_TENANT", "").strip(),
        )
