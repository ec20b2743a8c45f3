"""A process of its own that examines a project: `python -m gateway.console.doctoring FOLDER`.

It takes seconds of one core, which the gateway needs for people. One line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from trainer.check.examine import examine

NICE = 10


def main() -> None:
    """Print what the doctor finds, the passed rules too."""
    os.nice(NICE)
    report = examine(Path(sys.argv[1]))
    print(json.dumps([asdict(result) for result in report.results]), flush=True)


if __name__ == "__main__":
    main()
