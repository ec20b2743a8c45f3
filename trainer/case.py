"""Prints a handed-over case: `python -m trainer.case NUMBER`."""

from __future__ import annotations

import sys

from assistant.cases import ERASED, CaseStore
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
    erased = ["Os dados deste caso foram apagados, a pedido da pessoa ou por fim do prazo."]
    sheet = erased if case["conversation"] == ERASED else case["sheet"]
    print(f"Caso nº {number}, {case['opened_at']}", *sheet, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
