"""Prints a handed-over case: `python -m trainer.case NUMBER`."""

from __future__ import annotations

import sys

from assistant.cases import CaseStore
from assistant.settings import Settings


def main() -> int:
    """Print the sheet of the case named on the command line; return 1 where there is none."""
    number = sys.argv[1] if len(sys.argv) == 2 else ""
    if not number.isdigit():
        print("Uso: python -m trainer.case NÚMERO", file=sys.stderr)
        return 1
    case = CaseStore(Settings.from_env().cases_url).get(int(number))
    if case is None:
        print(f"Não há caso nº {number}.", file=sys.stderr)
        return 1
    print(f"Caso nº {number}, {case['opened_at']}", *case["sheet"], sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
