"""The widget as browsers get it: its modules joined into one and minified, and its styles.

Done by the gateway itself when it serves them, so there is no build step; a changed file is
packed anew. `widget/` stays a folder of plain ES modules.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import chain, product
from pathlib import Path
from string import ascii_letters

import minify

# In the order of the cascade.
SHEETS = ("base", "launcher", "panel", "forms", "messages", "parts")
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";$', re.M)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) \w)", re.M)
_TYPES_ONLY = re.compile(r"^export \{\};$", re.M)
_LEFT = re.compile(r"^(import|export)\b", re.M)
_TOP = re.compile(r"^(?:async )?(?:function\*?|class|const|let) (\w+)", re.M)
# A member that begins with _ is the widget's own affair: it may be called anything. Names within
# a word or at the begin of a string are none: reply_to, "_blank".
_OWN = re.compile(r"""(?<![\w"'`])_[a-zA-Z]\w*""")


def pack_modules(entry: Path) -> str:
    """Return one minified module that does what `entry` and all that it imports do.

    Raises ValueError naming the file whose import or export has another form than
    `import { a, b } from "./c.js";` and `export function|class|const`, or that calls something
    as another file does.
    """
    joined = f"(() => {{\n{_shortened(join_modules(entry))}\n}})();"
    return str(minify.string("text/javascript", joined))


def pack_styles(folder: Path) -> str:
    """Return the SHEETS of `folder` as one minified sheet."""
    sheets = ((folder / f"{name}.css").read_text(encoding="utf-8") for name in SHEETS)
    return str(minify.string("text/css", "\n".join(sheets)))


def join_modules(entry: Path) -> str:
    """Return `entry` after all that it imports, in one scope; raise as `pack_modules`."""
    parts: dict[Path, str] = {}
    _add(entry.resolve(), parts)
    _refuse_twins(parts)
    return "\n".join(parts.values())


def top_names(source: str) -> list[str]:
    """Return what a module, or several joined ones, declare at the top."""
    return _TOP.findall(_EXPORT.sub(r"\1", source))


def _add(path: Path, parts: dict[Path, str]) -> None:
    """Append the module at `path` after what it needs, once."""
    if path in parts:
        return
    parts[path] = ""  # in sight of modules that import each other
    source = _TYPES_ONLY.sub("", path.read_text(encoding="utf-8"))
    for found in _IMPORT.finditer(source):
        _add((path.parent / found[2]).resolve(), parts)
    joined = _EXPORT.sub(r"\1", _IMPORT.sub(_renamed, source))
    if _LEFT.search(joined):
        raise ValueError(f"{path}: a form of import or export that is not joined")
    del parts[path]
    parts[path] = joined


def _renamed(found: re.Match[str]) -> str:
    pairs = re.findall(r"(\w+) as (\w+)", found[1])
    return "".join(f"const {new} = {old};" for old, new in pairs)


def _refuse_twins(parts: dict[Path, str]) -> None:
    owners: dict[str, Path] = {}
    for path, source in parts.items():
        for name in _TOP.findall(source):
            if name in owners:
                raise ValueError(f"{path}: {owners[name].name} also declares {name}")
            owners[name] = path


def _shortened(source: str) -> str:
    """Give each of the widget's own members a short name, the shortest to the most frequent."""
    counted = Counter(_OWN.findall(source)).most_common()
    letters = chain.from_iterable(product(ascii_letters, repeat=length) for length in (1, 2))
    short = {name: "_" + "".join(new) for (name, _), new in zip(counted, letters, strict=False)}
    return _OWN.sub(lambda found: short[found[0]], source)


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
