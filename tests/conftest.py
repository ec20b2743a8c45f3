"""Fixtures that every folder shares; the trained model is loaded once per run."""

from __future__ import annotations

import warnings

warnings.filterwarnings("ignore")
