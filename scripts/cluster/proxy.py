"""nginx of a cluster: deploy/nginx/*.template filled in, the way Docker's image does it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from scripts.cluster.process import NotStarted, Process, listens

TEMPLATES = Path(__file__).resolve().parents[2] / "deploy" / "nginx"
# What deploy/compose.yml says too. The rate is that of OMNI_LIMIT_ADDRESS_REQUESTS (100/2).
DEFAULTS = {
    "OMNI_NGINX_WORKERS": "2",
    "OMNI_NGINX_RATE": "50r/s",
    "OMNI_NGINX_BURST": "100",
    "OMNI_NGINX_CONNECTIONS": "1000",
    "OMNI_NGINX_TRUSTED": "",
}


def fill_in(template: str, values: Mapping[str, str]) -> str:
    """Return a template with our variables in it; nginx's own ($host) stay as they are."""
    ours = {name: value for name, value in values.items() if name.startswith("OMNI_NGINX_")}
    filled = Template(template).safe_substitute(ours)
    if left := re.search(r"\$\{(OMNI_\w+)\}", filled):
        raise ValueError(f"nginx: no value for {left[1]}")
    return filled


def servers(ports: Sequence[int]) -> str:
    """Return the lines of an upstream; each request asks the next where one fails.

    None is left alone for a while after a failure: in a rolling restart the second would go down
    while the first, which is up again, was still left alone, and nobody would be asked at all.
    """
    return "\n".join(f"server 127.0.0.1:{port} max_fails=0;" for port in ports)


def proxy(
    folder: Path,
    log: Path,
    port: int,
    gateways: Sequence[int],
    actions_port: int,
    actions: Sequence[int],
    more: Mapping[str, str],
) -> Process:
    """Return nginx: the door at `port`, and what spreads action calls at `actions_port`."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        raise NotStarted("nginx is missing: make databases")
    values = DEFAULTS | {
        "OMNI_NGINX_LISTEN": f"127.0.0.1:{port}",
        "OMNI_NGINX_GATEWAYS": servers(gateways),
        "OMNI_NGINX_ACTIONS_LISTEN": f"127.0.0.1:{actions_port}",
        "OMNI_NGINX_ACTIONS": servers(actions),
        **more,
    }
    (folder / "private").mkdir(parents=True, exist_ok=True)
    _write(folder / "nginx.conf", "nginx.conf.template", values)
    _write(folder / "private" / "actions.conf", "actions.conf.template", values)
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    _check([*command, "-t", "-q"])
    return Process("nginx", command, lambda: listens(port), log)


def _write(path: Path, template: str, values: Mapping[str, str]) -> None:
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    path.write_text(fill_in(text, values), encoding="utf-8")


def _check(command: Sequence[str]) -> None:
    found = subprocess.run(command, capture_output=True, text=True)
    if found.returncode:
        raise NotStarted(f"nginx does not take its configuration: {found.stderr[-1000:]}")
