"""The environment, with secrets from files: `OMNI_SECRET_FILE=/run/secrets/x` instead of the value.

That is how Docker and Kubernetes hand secrets over; a variable shows in `docker inspect`, in crash
reports and to child processes, a file does not.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

SUFFIX = "_FILE"
# Whatever holds a password, a key or a token. OMNI_WORKERS_FILE is no secret: a closed list.
SECRETS = (
    "OMNI_SECRET",
    "OMNI_GATEWAY_DB",
    "OMNI_TRACKER_URL",
    "OMNI_CASES_URL",
    "OMNI_ERASURES_DB",
    "OMNI_LOCK_URL",
    "OMNI_EVENTS_URL",
    "OMNI_SITE_KEYS",
    "OMNI_OIDC_CLIENT_SECRET",
    "OMNI_SMTP_URL",
    "OMNI_WEBHOOK_SECRET",
    "OMNI_SLACK_BOT_TOKEN",
    "OMNI_SLACK_APP_TOKEN",
    "OMNI_SLACK_SIGNING_SECRET",
    "OMNI_TEAMS_APP_SECRET",
)


def read_environment(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the variables, each secret that a file holds in its place.

    Raise ValueError naming the variable where both are set, or the file cannot be read or is empty.
    """
    found = dict(env)
    for name in SECRETS:
        if path := found.pop(name + SUFFIX, None):
            if name in found:
                raise ValueError(f"{name} e {name}{SUFFIX}: use só uma das duas")
            found[name] = _content(name + SUFFIX, Path(path))
    return found


def _content(name: str, path: Path) -> str:
    try:
        content = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{name}: {path} não pode ser lido ({type(error).__name__})") from None
    if not content:
        raise ValueError(f"{name}: {path} está vazio")
    return content
