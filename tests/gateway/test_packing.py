"""The widget packed: nothing lost, nothing stale, and small enough."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import httpx
import pytest

from gateway.packing import SHEETS, Packed, join_modules, pack_modules, pack_styles

WIDGET = Path(__file__).resolve().parents[2] / "widget"
MOST_BYTES = 25_000


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    (tmp_path / "words.js").write_text('export const HELLO = "olá";\nconst own = 1;\n')
    (tmp_path / "say.js").write_text(
        'import { HELLO } from "./words.js";\nconst own = 2;\n'
        "export function say() {\n  return HELLO + own;\n}\n"
    )
    entry = tmp_path / "entry.js"
    entry.write_text(
        'import { HELLO as hi } from "./words.js";\nimport { say } from "./say.js";\n'
        "document.title = hi + say();\n"
    )
    return entry


def test_each_module_comes_once_after_what_it_needs_in_a_scope_of_its_own(modules: Path) -> None:
    joined = join_modules(modules)
    assert joined.count('"olá"') == 1
    assert joined.index("HELLO =") < joined.index("function say") < joined.index("document.title")
    assert "const {HELLO: hi}" in joined.replace("{ ", "{").replace(" }", "}")
    assert "import" not in joined
    assert "export" not in joined


@pytest.mark.parametrize("line", ['import x from "./a.js";', "export default 1;", "export { a };"])
def test_a_form_that_cannot_be_joined_names_its_file(modules: Path, line: str) -> None:
    modules.write_text(f"{line}\n")
    with pytest.raises(ValueError, match=r"entry\.js"):
        pack_modules(modules)


def test_a_changed_file_is_packed_anew(modules: Path) -> None:
    packed = Packed(modules.parent, lambda: pack_modules(modules))
    before = packed.text()
    assert packed.text() is before
    words = modules.parent / "words.js"
    words.write_text('export const HELLO = "oi";\n')
    os.utime(words, ns=(2**62, 2**62))
    assert "oi" in packed.text()


def test_the_packed_widget_keeps_every_sentence() -> None:
    packed = pack_modules(WIDGET / "widget.js")
    assert "Suporte" in packed or "Assistente" in packed
    assert "customElements" in packed


def test_every_sheet_is_packed() -> None:
    assert pack_styles(WIDGET / "styles")
    there = {sheet.stem for sheet in (WIDGET / "styles").glob("*.css")}
    assert there == set(SHEETS)


async def test_what_a_page_loads_is_small(http: httpx.AsyncClient) -> None:
    texts = [(await http.get(path)).content for path in ("/widget.js", "/widget.css")]
    sizes = [len(gzip.compress(text, 9)) for text in texts]
    assert sum(sizes) <= MOST_BYTES, sizes
