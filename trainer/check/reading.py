"""Whether every file is YAML at all; where not, the line and what it probably is."""

from __future__ import annotations

import re

import yaml

from trainer.check.project import Project
from trainer.check.result import Finding, Findings, fail

# What the YAML reader says, and the sentence that says it to a trainer.
_CAUSES = (
    (re.compile(r"duplicate key"), "yaml_twice"),
    (re.compile(r"found character '\\t'|tab character"), "yaml_tab"),
    (re.compile(r"unexpected end of stream|while scanning a quoted|unknown escape"), "yaml_quote"),
    (re.compile(r"mapping values are not allowed"), "yaml_colon"),
    (re.compile(r"expected <block end>|block collection|expected key|expected '-'"), "yaml_indent"),
    (re.compile(r"could not find expected ':'|simple key"), "yaml_no_colon"),
    (re.compile(r"flow (sequence|mapping)|expected ',' or"), "yaml_bracket"),
    (
        re.compile(r"cannot start any token|undefined alias|expected alphabetic|anchor"),
        "yaml_start",
    ),
)
# A quoted text with something right behind its end: quotes within quotes.
_INNER = re.compile(r"""(?:- )*(?:[\w-]+:\s+)?(?:"[^"]*"|'[^']*')\s*[^\s#,:\]}]""")


def readable(project: Project) -> Findings:
    """Yield a finding for each file that cannot be read."""
    assert project.files is not None
    for file, error in project.unreadable.items():
        if isinstance(error, UnicodeDecodeError):
            line = (project.root / file).read_bytes()[: error.start].count(b"\n") + 1
            yield fail("yaml_encoding", file, line=line)
        else:
            yield _fault(project, file, error)
    for file, content in project.files.items():
        if content is None:
            yield fail("yaml_empty", file)


def _fault(project: Project, file: str, error: yaml.YAMLError) -> Finding:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 0
    lines = project.source(file)
    if tab := next((n for n, text in enumerate(lines, 1) if re.match(r" *\t", text)), 0):
        return fail("yaml_tab", file, line=tab)
    if quote := _open_quote(lines, line):
        return fail("yaml_quote", file, line=quote, shown=_shown(lines, quote))
    if inner := next((n for n in (line, line - 1) if _INNER.match(_shown(lines, n))), 0):
        return fail("yaml_inner", file, line=inner, shown=_shown(lines, inner))
    key = next((key for cause, key in _CAUSES if cause.search(str(error))), "yaml_other")
    return fail(key, file, line=line, shown=_shown(lines, line), reason=_reason(error))


def _open_quote(lines: list[str], until: int) -> int:
    """Return the last line before `until` whose value opens a quote and closes none, or 0."""
    for number in range(min(until, len(lines)), 0, -1):
        value = re.sub(r"^\s*(- )*([\w-]+:\s+)?", "", lines[number - 1]).rstrip()
        if (
            value[:1] in ("'", '"')
            and value.replace("\\\\", "").replace('\\"', "").count(value[0]) % 2
        ):
            return number
    return 0


def _shown(lines: list[str], line: int) -> str:
    text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return text if len(text) <= 60 else f"{text[:59]}…"


def _reason(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0]
