"""The data doctor, `make check`: whether everything a trainer edits agrees, in plain words.

`examine.examine` asks it; what it says is here by itself, since the rules take scikit-learn, which
the gateway must not import at its start.
"""

from trainer.check.result import FAIL, PASS, WARN, Result

__all__ = ["FAIL", "PASS", "WARN", "Result"]
