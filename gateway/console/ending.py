"""What the versions' page says of what was done there, as long as it is true."""

from __future__ import annotations

from gateway.console.jobs import Job
from gateway.console.live import Live
from gateway.console.wording import say


def went(what: str, version: str, job: Job | None, live: Live) -> str:
    """Return what became of the last form, which the address names; "" once that is past."""
    asked = job if job and job.version == version else None
    if what == "publishing" and asked and asked.runs:
        return say("went_publishing")
    if what == "declined" and asked and not asked.went_well:
        return say("went_declined")
    return _back(version, live) if what == "back" and version == live.active else ""


def _back(version: str, live: Live) -> str:
    if live.coming:
        return say("went_back_coming", version=version)
    if not live.runs:
        return say("went_back_nobody", version=version)
    return say("went_back_serving", version=version) if live.serving == version else ""


def outdated(job: Job | None, live: Live) -> bool:
    """Whether the sentence that a release ended with is not true any more."""
    if not (job and job.ended and job.version):
        return False
    shown = live.shown == job.version
    if not job.went_well:  # "not live yet", say
        return shown
    return not shown or (live.runs and job.text == say("served_nobody", version=job.version))
