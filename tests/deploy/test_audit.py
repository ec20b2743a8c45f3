"""The audit's verdict, on reports as pip-audit writes them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.audit.__main__ import FILES, _file, _say
from scripts.audit.judging import DAYS, Accepted, Verdict, judge, read_accepted, read_pinned

TODAY = date(2026, 11, 30)
REASON = "só é alcançada por quem já tem a conta do serviço"
FINE = {"name": "httpx", "version": "0.28.1", "vulns": []}
FAULTY = {
    "name": "sanic",
    "version": "21.12.2",
    "vulns": [
        {
            "id": "PYSEC-2022-1",
            "fix_versions": ["22.6.1"],
            "aliases": ["CVE-2022-35920", "GHSA-8cw9-5hmv-77w6"],
            "description": "...",
        }
    ],
}
SKIPPED = {"name": "uv", "skip_reason": "Dependency not found on PyPI and could not be audited"}


def report(*dependencies: Any) -> list[dict[str, Any]]:
    return [{"dependencies": list(dependencies), "fixes": []}]


def accepted(id: str = "PYSEC-2022-1", package: str = "sanic", days: int = 1) -> Accepted:
    return Accepted(id, package, REASON, "ana", TODAY - timedelta(days=days))


def judged(reports: list[dict[str, Any]], decided: list[Accepted], today: date) -> Verdict:
    """Judge reports that have all that is pinned."""
    pinned = [[one["name"] for one in report["dependencies"]] for report in reports]
    return judge(reports, decided, today, pinned)


def test_nothing_found_is_nothing_open() -> None:
    assert judged(report(FINE), [], TODAY).faults == ()


def test_a_finding_is_a_fault() -> None:
    verdict = judged(report(FINE, FAULTY), [], TODAY)
    assert verdict.faults == ("sanic 21.12.2: PYSEC-2022-1, fixed in 22.6.1",)


def test_found_in_two_files_it_is_one_fault() -> None:
    assert len(judged([*report(FAULTY), *report(FAULTY)], [], TODAY).faults) == 1


@pytest.mark.parametrize(
    ("dependencies", "code"), [([FINE], 0), ([FINE, FAULTY], 1), ([FINE, SKIPPED], 2)]
)
def test_the_exit_code_tells_them_apart(dependencies: list[Any], code: int) -> None:
    assert _say(judged(report(*dependencies), [], TODAY)) == code


def test_a_skipped_package_is_a_fault() -> None:
    verdict = judged(report(FINE, SKIPPED), [], TODAY)
    (fault,) = verdict.unasked
    assert fault.startswith("uv: Dependency not found")


@pytest.mark.parametrize(("dependencies", "number"), [([], 2), ([FINE], 1), ([FINE, FAULTY], 0)])
def test_what_is_pinned_and_not_in_the_report_was_not_audited(
    dependencies: list[Any], number: int
) -> None:
    verdict = judge(report(*dependencies), [], TODAY, [["httpx", "sanic"]])
    assert len(verdict.unasked) == number
    assert _say(verdict) == (2 if number else 1)


def test_a_report_of_another_file_does_not_speak_for_it() -> None:
    both = [*report(FINE), *report()]
    assert judge(both, [], TODAY, [["httpx"], ["httpx"]]).unasked


def test_names_are_read_from_what_is_pinned() -> None:
    text = (
        "Typing_Extensions==4.1 \\\n    --hash=sha256:0\n    # via a==1\nuvicorn[standard]==0.3\n"
    )
    assert read_pinned(text) == {"typing-extensions", "uvicorn"}
    for name in FILES:
        lines = _file(name).read_text(encoding="utf-8").splitlines()
        assert len(read_pinned("\n".join(lines))) == sum(line[:1].isalnum() for line in lines)
    with pytest.raises(ValueError, match="nothing"):
        read_pinned("# empty\n")


@pytest.mark.parametrize("id", ["PYSEC-2022-1", "CVE-2022-35920", "GHSA-8cw9-5hmv-77w6"])
def test_an_accepted_one_is_none_whichever_name_it_goes_by(id: str) -> None:
    verdict = judged(report(FAULTY), [accepted(id)], TODAY)
    assert verdict.faults == ()
    assert REASON in verdict.accepted[0]


def test_it_is_accepted_for_its_package_alone() -> None:
    verdict = judged(report(FAULTY), [accepted(package="rasa")], TODAY)
    assert len(verdict.faults) == 2  # the finding, and an acceptance of nothing


@pytest.mark.parametrize(("days", "faults"), [(DAYS, 0), (DAYS + 1, 1)])
def test_it_is_decided_anew_after_its_days(days: int, faults: int) -> None:
    assert len(judged(report(FAULTY), [accepted(days=days)], TODAY).faults) == faults


def test_what_is_no_longer_found_is_to_be_taken_off_the_list() -> None:
    (fault,) = judged(report(FINE), [accepted()], TODAY).faults
    assert "no longer found" in fault


@pytest.mark.parametrize(
    "entry",
    [
        "- id: A\n",
        "- {id: A, package: p, reason: 'só porque sim', owner: ana, date: 2026-11-30}\n",
        f"- {{id: A, package: p, reason: '{REASON}', owner: ana, date: ontem}}\n",
        f"- {{id: A, package: p, reason: '{REASON}', date: 2026-11-30}}\n",
    ],
)
def test_an_entry_without_reason_owner_or_date_is_refused(entry: str, tmp_path: Path) -> None:
    file = tmp_path / "audit.yml"
    file.write_text(entry, encoding="utf-8")
    with pytest.raises(ValueError, match="entry 1"):
        read_accepted(file)


def test_the_committed_list_can_be_read() -> None:
    root = Path(__file__).resolve().parents[2]
    assert isinstance(read_accepted(root / "requirements" / "audit.yml"), list)
