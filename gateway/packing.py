"""The widget as browsers get it: its modules joined into one and minified, and its styles.

Done by the gateway itself when it serves them, so there is no build step; a changed file is
packed anew. `widget/` stays a folder of plain ES modules.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import minify

# In the order of the cascade.
SHEETS = ("base", "launcher", "panel", "forms", "messages", "parts")
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";$', re.M)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.M)
_TYPES_ONLY = re.compile(r"^export \{\};$", re.M)
_LEFT = re.compile(r"^(import|export)\b", re.M)


def pack_modules(entry: Path) -> str:
    """Return one minified module that does what `entry` and all that it imports do.

    Raises ValueError naming the file whose import or export has another form than
    `import { a, b } from "./c.js";` and `export function|class|const`.
    """
    return str(minify.string("text/javascript", join_modules(entry)))


def pack_styles(folder: Path) -> str:
    """Return the SHEETS of `folder` as one minified sheet."""
    sheets = ((folder / f"{name}.css").read_text(encoding="utf-8") for name in SHEETS)
    return str(minify.string("text/css", "\n".join(sheets)))


def join_modules(entry: Path) -> str:
    """Return `entry` after all that it imports, each module in a scope of its own."""
    names: dict[Path, str] = {}
    parts: list[str] = []
    _add(entry.resolve(), names, parts)
    return "\n".join(parts)


def _add(path: Path, names: dict[Path, str], parts: list[str]) -> str:
    """Append the module at `path` and what it needs, once; return the name it has there."""
    if path not in names:
        take = partial(_taken, path.parent, names, parts)
        source = _IMPORT.sub(take, _TYPES_ONLY.sub("", path.read_text(encoding="utf-8")))
        exported = ", ".join(found[2] for found in _EXPORT.finditer(source))
        source = _EXPORT.sub(r"\1", source)
        if _LEFT.search(source):
            raise ValueError(f"{path}: a form of import or export that is not joined")
        names[path] = f"m{len(names)}"
        parts.append(f"const {names[path]} = (() => {{\n{source}\nreturn {{{exported}}};\n}})();")
    return names[path]


def _taken(folder: Path, names: dict[Path, str], parts: list[str], found: re.Match[str]) -> str:
    module = _add((folder / found[2]).resolve(), names, parts)
    return f"const {{{found[1].replace(' as ', ': ')}}} = {module};"


class Packed:
    """One packed file, made again where anything in `folder` has changed since."""

    def __init__(self, folder: Path, make: Callable[[], str]) -> None:
        self._folder = folder
        self._make = make
        self._stamp = 0
        self._text = ""

    def text(self) -> str:
        """Return the packed file; raise ValueError or OSError where it cannot be made."""
        stamp = max(file.stat().st_mtime_ns for file in self._folder.rglob("*.*"))
        if stamp != self._stamp:
            self._text, self._stamp = self._make(), stamp
        return self._text
