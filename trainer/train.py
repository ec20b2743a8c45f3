"""Trains the model with a progress display: `python -m trainer.train models/omni.tar.gz`.

It calls what `rasa train` calls; only the pages of warnings about unused responses are missing.
"""

from __future__ import annotations

import logging
import os
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm


class _Progress(logging.Handler):
    """Moves the bar when Rasa says that the training of a component begins or ends."""

    def __init__(self, bar: tqdm) -> None:
        super().__init__(logging.INFO)
        self._bar = bar

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if text.startswith(("Starting to train", "Finished training")):
            self._bar.update(1)
            self._bar.set_postfix_str(text.split("'")[1])


def main() -> int:
    """Train; return 0, or 1 with Rasa's own reason on standard error."""
    target = Path(sys.argv[1])
    start = time.monotonic()
    print("Training the model ...", flush=True)
    with _quiet_but_for_progress():
        model = _train(target)
    if model is None:
        print("Training failed; `rasa train --debug` says more.", file=sys.stderr)
        return 1
    print(f"Trained {model} in {time.monotonic() - start:.0f} s.")
    return 0


def _train(target: Path) -> str | None:
    from rasa.model_training import train
    from rasa.shared.exceptions import InvalidConfigException

    try:
        result = train(
            domain="domain.yml",
            config="config.yml",
            training_files=["data"],
            output=str(target.parent),
            fixed_model_name=target.name.removesuffix(".tar.gz"),
        )
    except InvalidConfigException as error:  # its text says what to do: a traceback would hide it
        print(error, file=sys.stderr)
        return None
    return result.model if result.code == 0 else None


@contextmanager
def _quiet_but_for_progress() -> Iterator[None]:
    # Rasa and its dependencies set their own filters at import, so the printing itself is silenced.
    warnings.showwarning = lambda *args, **kwargs: None  # type: ignore[assignment]
    os.environ["LOG_LEVEL"] = "ERROR"  # Rasa's own bars, one line per step where nobody watches
    hooks = logging.getLogger("rasa.engine.training.hooks")
    with tqdm(total=4, unit="stage", leave=False, disable=not sys.stderr.isatty()) as bar:
        handler = _Progress(bar)
        hooks.addHandler(handler)
        hooks.setLevel(logging.INFO)
        try:
            yield
        finally:
            hooks.removeHandler(handler)


if __name__ == "__main__":
    sys.exit(main())
