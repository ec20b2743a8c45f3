"""The console's sentences: texts.yml beside this file."""

from __future__ import annotations

from pathlib import Path

from trainer.wording import sentences

say = sentences(Path(__file__).with_name("texts.yml"))
