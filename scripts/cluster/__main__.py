"""`make cluster`: run a larger installation on this machine until Ctrl-C.

A process that dies is started again, as an init system would; kill any of them and see.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial

from scripts.cluster.process import NotStarted
from scripts.cluster.proxy import DEFAULTS
from scripts.cluster.topology import REPLICAS, Cluster, default_folder

AGAIN_SECONDS = 1.0
MOST_REPLICAS = 9


def main() -> int:
    """Run everything; return 0 after Ctrl-C, 1 where something could not start."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        cluster = _cluster()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        cluster.start()
        print(f"\nReady: {cluster.url}/   (logs: {cluster.folder / 'logs'})\n", flush=True)
        while True:
            time.sleep(AGAIN_SECONDS)
            _revive(cluster)
    except KeyboardInterrupt:
        return 0
    except (NotStarted, OSError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # stopping is under way, in order
        cluster.stop()


def _cluster() -> Cluster:
    """Return what the environment asks for; raise ValueError where it makes no sense."""
    port = _number("OMNI_PORT", 8080, 65535)
    replicas = _number("OMNI_CLUSTER_REPLICAS", REPLICAS, MOST_REPLICAS)
    proxied = {name: os.environ[name] for name in DEFAULTS if name in os.environ}
    told = partial(print, flush=True)
    return Cluster(default_folder(), port, None, proxied, told, replicas=replicas)


def _number(name: str, default: int, most: int) -> int:
    given = os.environ.get(name, str(default))
    if not given.isdecimal() or not 1 <= int(given) <= most:
        raise ValueError(f"{name}: {given!r} is not a number from 1 to {most}")
    return int(given)


def _revive(cluster: Cluster) -> None:
    for name in cluster.names:
        if not cluster.runs(name):
            print(f"{name} has ended", flush=True)
            cluster.begin(name)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
