"""What the code knows, for comparing with what deploy/ says: settings, routes, metrics."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from assistant.environment import SECRETS, SUFFIX
from gateway.app import create_app
from gateway.metrics import Metrics
from gateway.settings import Settings
from tests.support.routes import walk

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
_CODE = ("actions", "assistant", "gateway", "rasa_components", "release", "scripts", "serving")
# Of other people's programs: nginx's image, PostgreSQL's, rasa-sdk's server.
FOREIGN = {
    "NGINX_ENVSUBST_OUTPUT_DIR",
    "NGINX_ENVSUBST_FILTER",
    "POSTGRES_PASSWORD_FILE",
    "SANIC_HOST",
    "MPLCONFIGDIR",
    "HOME",
    "PATH",
    "PYTHONPATH",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONUNBUFFERED",
    "PIP_DISABLE_PIP_VERSION_CHECK",
    "PIP_NO_CACHE_DIR",
}
# Named in deploy/ alone: which version is served.
OWN = {"OMNI_BUNDLE"}


@lru_cache(maxsize=1)
def settings() -> frozenset[str]:
    """Return every variable that the code or nginx's template reads."""
    files = [path for folder in _CODE for path in (ROOT / folder).rglob("*.py")]
    files += list((DEPLOY / "nginx").glob("*.template"))
    found = {name for file in files for name in re.findall(r"OMNI_[A-Z_]*[A-Z]", file.read_text())}
    return frozenset(found | {name + SUFFIX for name in SECRETS} | FOREIGN | OWN)


@lru_cache(maxsize=1)
def routes() -> frozenset[str]:
    """Return the paths of the gateway, without Slack's and Teams'."""
    app = create_app(Settings(database="sqlite+aiosqlite://", secret="x" * 32, guesses=False))
    return frozenset(path for _, path in walk(app.routes))


@lru_cache(maxsize=1)
def metrics() -> frozenset[str]:
    """Return the names of all metrics, with the endings that queries use."""
    families = text_string_to_metric_families(Metrics().text(None).decode())
    found = set()
    for family in families:
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
        found |= {family.name + end for end in ends.get(family.type, ("",))}
    return frozenset(found)


# What each server answers on, and what its probes may ask.
PROBES = {8080: {"/healthz"}, 5005: {"/webhooks/gateway/"}, 5055: {"/health"}}
