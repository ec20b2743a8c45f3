"""The data doctor, `make check`: whether everything a trainer edits agrees, in plain words."""

from trainer.check.examine import Report, examine
from trainer.check.result import FAIL, PASS, WARN, Result

__all__ = ["FAIL", "PASS", "WARN", "Report", "Result", "examine"]
