"""What is counted, for Prometheus. One registry for each application, so that tests can make many.

Nothing here is about one person: no label holds an id or a text.
"""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from gateway.observe import Observer
from gateway.store.backlog import Backlog
from gateway.store.deliveries import Overdue

SENDING = "POST /api/v1/messages"
READINESS = "GET /readyz"
ACCEPTED = 202
_REASONS = {
    400: "broken",
    401: "unauthorised",
    403: "origin",
    404: "not_found",
    405: "method",
    408: "slow_body",
    413: "too_large",
    422: "invalid",
    429: "too_many",
    500: "unexpected",
    503: "store_down",
}
disable_created_metrics()  # a series more for each, that nobody reads
_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
# The promises are 3 seconds for a note and 8 for a fallback; a message is kept 15 minutes.
_ANSWER = (0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 10, 30, 60, 300, 900)

# A minute to a day.
_ASSUME = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


class Metrics(Observer):
    """Counts what the engine tells it, and what the requests show."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._make_counters()
        self._make_times()
        self._make_gauges()

    def accepted(self) -> None:
        """Count a message of the user's that was stored (a repeat is not)."""
        self._accepted.inc()

    def repeated(self) -> None:
        """Count a message whose id was known: it was not stored again."""
        self._repeated.inc()

    def asked(self, seconds: float) -> None:
        """Count one try of Rasa that took `seconds`, whatever came of it."""
        self._turn_seconds.observe(seconds)

    def answered(self, seconds: float) -> None:
        """Count an answer that was stored `seconds` after its message was accepted."""
        self._turns.labels("answered").inc()
        self._answer_seconds.observe(seconds)

    def fell_back(self) -> None:
        """Count a fallback that was stored in place of an answer that is late."""
        self._fallbacks.inc()

    def failed(self, kind: str) -> None:
        """Count a try that gave no answer; `kind` is a short word, never a text."""
        self._failures.labels(kind).inc()

    def set_aside(self) -> None:
        """Count a message that was given up."""
        self._turns.labels("set_aside").inc()

    def unstored(self) -> None:
        """Count a turn that Rasa answered, but that its tracker store does not hold."""
        self._unstored.inc()

    def silent(self) -> None:
        """Count a turn that Rasa answered with nothing to show."""
        self._silent.inc()

    def assumed(self, seconds: float) -> None:
        """Count a case that somebody assumed `seconds` after it began to wait."""
        self._assume_seconds.observe(seconds)

    def stream_opened(self) -> None:
        """Count a stream of events that was opened."""
        self._streams.inc()

    def stream_closed(self) -> None:
        """Count a stream of events that ended."""
        self._streams.dec()

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count a request: `route` is method and path template."""
        self._requests.labels(route, str(status)).inc()
        # Whoever asks whether it is ready was not refused anything.
        if (reason := _REASONS.get(status)) and route != READINESS:
            self._refusals.labels(reason).inc()
        if route == SENDING and status == ACCEPTED:
            self._acceptance_seconds.observe(seconds)

    def text(self, backlog: Backlog | None, overdue: Mapping[str, Overdue] | None = None) -> bytes:
        """Return everything in Prometheus' text format; `backlog` is None where the store is down.

        `overdue` is what waits for each sink.

        The gauges read from the store keep their last values then, and omni_store_up says 0.
        """
        self._store_up.set(backlog is not None)
        if backlog:
            self._queue_length.set(backlog.waiting)
            self._queue_age.set(backlog.oldest_seconds)
            self._set_aside_now.set(backlog.set_aside)
            self._erasures.set(backlog.erasures)
            self._cases.set(backlog.cases)
            self._cases_age.set(backlog.oldest_case_seconds)
        for sink, waits in (overdue or {}).items():
            self._deliveries.labels(sink).set(waits.waiting)
            self._failing.labels(sink).set(waits.failing)
        return generate_latest(self.registry)

    def _make_counters(self) -> None:
        count = self._counter
        self._accepted = count("omni_messages_accepted", "Messages stored before their 202.")
        self._repeated = count("omni_messages_repeated", "Messages whose id was known already.")
        self._turns = count("omni_turns", "Messages settled, by outcome.", "outcome")
        self._failures = count("omni_turn_failures", "Tries without an answer, by kind.", "kind")
        self._fallbacks = count("omni_fallbacks", "Fallbacks shown in place of a late answer.")
        self._silent = count("omni_turns_silent", "Turns in which Rasa said nothing.")
        self._unstored = count("omni_turns_unstored", "Turns that Rasa's store does not hold.")
        self._refusals = count("omni_refusals", "Requests refused or failed, by reason.", "reason")
        self._requests = count("omni_requests", "Requests ended.", "route", "status")
        for outcome in ("answered", "set_aside"):
            self._turns.labels(outcome)
        for reason in _REASONS.values():
            self._refusals.labels(reason)

    def _make_times(self) -> None:
        name, about = "omni_acceptance_seconds", "From a message's request to its 202."
        self._acceptance_seconds = Histogram(name, about, buckets=_QUICK, registry=self.registry)
        name, about = "omni_turn_seconds", "One try of Rasa, whatever came of it."
        self._turn_seconds = Histogram(name, about, buckets=_ANSWER, registry=self.registry)
        name, about = "omni_answer_seconds", "From a message's acceptance to its stored answer."
        self._answer_seconds = Histogram(name, about, buckets=_ANSWER, registry=self.registry)
        name, about = "omni_case_assume_seconds", "From a case's opening to who assumed it."
        self._assume_seconds = Histogram(name, about, buckets=_ASSUME, registry=self.registry)

    def _make_gauges(self) -> None:
        self._streams = self._gauge("omni_streams_open", "Event streams open in this process.")
        self._store_up = self._gauge("omni_store_up", "Whether the store answered this scrape.")
        self._queue_length = self._gauge("omni_queue_length", "Messages that wait for an answer.")
        self._queue_age = self._gauge("omni_queue_age_seconds", "Age of the oldest of them.")
        self._set_aside_now = self._gauge("omni_set_aside", "Messages set aside, in the store.")
        self._erasures = self._gauge("omni_erasures_pending", "Erasures not done in every store.")
        self._cases = self._gauge("omni_cases_waiting", "Cases that wait for someone.")
        self._cases_age = self._gauge("omni_cases_age_seconds", "How long the oldest one waits.")
        name, about = "omni_deliveries_waiting", "Places with something still to be delivered."
        self._deliveries = self._gauge(name, about, "sink")
        name, about = "omni_deliveries_failing", "Those of them whose last try failed."
        self._failing = self._gauge(name, about, "sink")

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(name, about, labels, registry=self.registry)
