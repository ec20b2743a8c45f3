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
    (tmp_path / "words.js").write_text('export const HELLO = "olá";\nconst one = 1;\n')
    (tmp_path / "say.js").write_text(
        'import { HELLO } from "./words.js";\nconst two = 2;\n'
        "export function say() {\n  return HELLO + two;\n}\n"
    )
    entry = tmp_path / "entry.js"
    entry.write_text(
        'import { HELLO as hi } from "./words.js";\nimport { say } from "./say.js";\n'
        "document.title = hi + say();\n"
    )
    return entry


def test_each_module_comes_once_after_what_it_needs(modules: Path) -> None:
    joined = join_modules(modules)
    assert joined.count('"olá"') == 1
    assert joined.index("HELLO =") < joined.index("function say") < joined.index("document.title")
    assert "const hi = HELLO;" in joined
    assert "import" not in joined
    assert "export" not in joined


def test_the_same_name_in_two_modules_names_both(modules: Path) -> None:
    words = modules.parent / "words.js"
    words.write_text(f"{words.read_text()}let two = 3;\n")
    with pytest.raises(ValueError, match=r"say\.js: words\.js also declares two"):
        pack_modules(modules)


def test_own_members_get_short_names_and_nothing_else_does(modules: Path) -> None:
    modules.write_text(
        "class A {\n  _longer() {\n    return this._wanted;\n  }\n}\n"
        'window.a = new A()._longer({ reply_to: 1, target: "_blank" });\n'
    )
    packed = pack_modules(modules)
    assert "_longer" not in packed
    assert packed.count("_a(") == 2
    assert "this._b" in packed
    assert "reply_to" in packed
    assert '"_blank"' in packed


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
