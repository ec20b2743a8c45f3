"""The workbench: reads what trainers edit, and writes one change at a time, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Optional

from assistant.settings import ROOT
from trainer.workbench import ambiguous, apart, articles, examples, ids, kept, situations, texts
from trainer.workbench.apart import Kind
from trainer.workbench.change import Applied, Change, Edit, append
from trainer.workbench.draft import Draft, Write, etag_of
from trainer.workbench.errors import Conflict, refuse
from trainer.workbench.validate import validate
from trainer.workbench.writing import alone, write_all

Plan = Callable[[Draft], list[Edit]]
Etag = Optional[str]


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


class Workbench:
    """Edits the files below `root` in the name of `who`.

    Every method that changes something takes the `etag` that the same file was read with (None:
    whatever stands there), and returns what was written. It raises Conflict where the file has
    changed since, Missing where the thing is not there, Refused where the change would break
    something, and OSError where the disk does; no file is touched then.
    """

    def __init__(self, root: Path = ROOT, who: str = "", clock: Callable[[], str] = _now) -> None:
        self.root, self._who, self._clock = root, who.strip(), clock

    # Reading: plain values and the etag of the file that a later change must still find.

    def situations(self) -> list[str]:
        """Return the ids of all situations."""
        return ids.situation_ids(Draft(self.root))

    def situation(self, situation: str) -> tuple[dict[str, Any], str]:
        """Return what a situation's knowledge file holds."""
        draft = Draft(self.root)
        file = ids.knowledge_file(ids.existing(draft, situation))
        return draft.values(file), etag_of(draft.text(file))

    def articles(self) -> tuple[list[dict[str, Any]], str]:
        """Return every article."""
        draft = Draft(self.root)
        return draft.values(ids.ARTICLES), etag_of(draft.text(ids.ARTICLES))

    def examples(self, intent: str) -> tuple[list[str], str]:
        """Return the examples of an intent."""
        draft = Draft(self.root)
        file, found = examples.examples_of(draft, intent)
        return found, etag_of(draft.text(file))

    def apart(self, kind: Kind, situation: str) -> tuple[list[str], str]:
        """Return the phrases of a situation that are set apart for measuring, or for tuning."""
        draft = Draft(self.root)
        file, found = apart.apart_of(draft, kind, situation)
        return found, etag_of(draft.text(file))

    def shared(self) -> tuple[list[tuple[str, list[str]]], dict[str, str]]:
        """Return the messages that fit several situations, with these, and each one's etag."""
        draft = Draft(self.root)
        found = ambiguous.messages(draft)
        etags = {file: etag_of(draft.text(file)) for file in {file for file, *_ in found}}
        return [(text, names) for _, text, names in found], {t: etags[f] for f, t, _ in found}

    def responses(self) -> tuple[dict[str, str], str]:
        """Return every sentence of domain.yml by its name."""
        draft = Draft(self.root)
        found = draft.values(ids.DOMAIN)["responses"]
        return {k: v[0]["text"] for k, v in found.items()}, etag_of(draft.text(ids.DOMAIN))

    def labels(self) -> tuple[dict[str, str], str]:
        """Return every label by its name."""
        draft = Draft(self.root)
        return draft.values(ids.LABELS), etag_of(draft.text(ids.LABELS))

    # Situations

    def set_situation(
        self, situation: str, fields: Mapping[str, str], etag: Etag = None
    ) -> Applied:
        """Change some of title, module, performer, clarify and summary, all or none."""
        file = ids.knowledge_file(situation)
        return self.apply(lambda d: situations.set_fields(d, situation, fields), {file: etag})

    def set_check(
        self, situation: str, check: str, fields: Mapping[str, Any], etag: Etag = None
    ) -> Applied:
        """Change fields of a check, answers included; a field of None is taken away."""
        file = ids.knowledge_file(situation)
        return self.apply(lambda d: situations.set_check(d, situation, check, fields), {file: etag})

    def add_check(
        self,
        situation: str,
        fields: Mapping[str, Any],
        place: int | None = None,
        etag: Etag = None,
    ) -> Applied:
        """Add a check at a place from 1 on, or as the last."""
        file = ids.knowledge_file(situation)
        return self.apply(lambda d: situations.add_check(d, situation, fields, place), {file: etag})

    def remove_check(self, situation: str, check: str, etag: Etag = None) -> Applied:
        """Remove a check."""
        file = ids.knowledge_file(situation)
        return self.apply(lambda d: situations.remove_check(d, situation, check), {file: etag})

    def move_check(self, situation: str, check: str, place: int, etag: Etag = None) -> Applied:
        """Put a check at a place from 1 on."""
        file = ids.knowledge_file(situation)
        return self.apply(lambda d: situations.move_check(d, situation, check, place), {file: etag})

    def set_articles(self, situation: str, names: Sequence[str], etag: Etag = None) -> Applied:
        """Say which articles a situation offers; articles.yml follows."""
        file = ids.knowledge_file(situation)
        return self.apply(lambda d: situations.set_articles(d, situation, names), {file: etag})

    # Articles

    def set_article(self, article: str, fields: Mapping[str, Any], etag: Etag = None) -> Applied:
        """Change title, wiki_title, url, questions, error_texts or opens."""
        plan = lambda d: articles.set_article(d, article, fields)  # noqa: E731
        return self.apply(plan, {ids.ARTICLES: etag})

    def add_article(
        self, article: str, situation: str, fields: Mapping[str, Any], etag: Etag = None
    ) -> Applied:
        """Add an article to articles.yml and to a situation."""
        plan = lambda d: articles.add_article(d, article, situation, fields)  # noqa: E731
        return self.apply(plan, {ids.ARTICLES: etag})

    def remove_article(self, article: str, etag: Etag = None) -> Applied:
        """Remove an article everywhere."""
        plan = lambda d: articles.remove_article(d, article)  # noqa: E731
        return self.apply(plan, {ids.ARTICLES: etag})

    # Examples

    def add_examples(self, intent: str, phrases: Sequence[str], etag: Etag = None) -> Applied:
        """Add examples; all of them, or none where one is refused."""
        return self._examples(intent, lambda d: examples.add(d, intent, phrases), etag)

    def remove_example(self, intent: str, phrase: str, etag: Etag = None) -> Applied:
        """Remove an example."""
        return self._examples(intent, lambda d: examples.remove(d, intent, phrase), etag)

    def replace_example(self, intent: str, old: str, new: str, etag: Etag = None) -> Applied:
        """Put another wording in an example's place."""
        return self._examples(intent, lambda d: examples.replace(d, intent, old, new), etag)

    def move_example(self, phrase: str, old: str, new: str, etag: Etag = None) -> Applied:
        """Move an example from one intent to another; `etag` is that of the old one's file."""
        return self._examples(old, lambda d: examples.move(d, phrase, old, new), etag)

    def add_apart(
        self, kind: Kind, situation: str, phrases: Sequence[str], etag: Etag = None
    ) -> Applied:
        """Add phrases that are set apart; all of them, or none where one is refused."""
        file, _ = apart.apart_of(Draft(self.root), kind, situation)
        return self.apply(lambda d: apart.add(d, kind, situation, phrases), {file: etag})

    def remove_apart(self, kind: Kind, situation: str, phrase: str, etag: Etag = None) -> Applied:
        """Remove a phrase that is set apart."""
        file, _ = apart.apart_of(Draft(self.root), kind, situation)
        return self.apply(lambda d: apart.remove(d, kind, situation, phrase), {file: etag})

    def add_phrases(
        self, situation: str, phrases: Sequence[str], every: int, etag: Etag = None
    ) -> Applied:
        """Add new examples, and set every so many of them apart for measuring (0: none)."""
        plan = lambda d: apart.add_pasted(d, situation, phrases, every)  # noqa: E731
        return self._examples(situation, plan, etag)

    def share_example(self, intent: str, phrase: str, other: str, etag: Etag = None) -> Applied:
        """Make an example a message that fits two situations."""
        return self._examples(intent, lambda d: ambiguous.share(d, intent, phrase, other), etag)

    def remove_ambiguous(self, phrase: str, etag: Etag = None) -> Applied:
        """Remove a message that fits several situations."""
        file = ambiguous.file_of(Draft(self.root), phrase)
        return self.apply(lambda d: ambiguous.remove(d, phrase), {file: etag})

    # Sentences

    def set_response(self, name: str, text: str, etag: Etag = None) -> Applied:
        """Change a sentence of domain.yml."""
        return self.apply(lambda d: texts.set_response(d, name, text), {ids.DOMAIN: etag})

    def set_label(self, name: str, text: str, etag: Etag = None) -> Applied:
        """Change a label."""
        return self.apply(lambda d: texts.set_label(d, name, text), {ids.LABELS: etag})

    # Writing

    def undo(self, applied: Applied) -> Applied:
        """Take back what was written, as long as nobody changed those files since."""
        return self.apply(lambda d: _taken_back(d, applied), applied.etags)

    def apply(self, plan: Plan, etags: Mapping[str, Etag]) -> Applied:
        """Carry out a plan on the files as they are now; see the class for what it raises."""
        if not self._who:
            raise refuse("no_name")
        with alone(self.root / "var/workbench.lock"):
            draft = Draft(self.root)
            for file, etag in etags.items():
                if etag is not None and etag_of(draft.text(file)) != etag:
                    raise Conflict(file)
            return self._write(plan(draft), draft.writes(), draft.skipped)

    def _examples(self, intent: str, plan: Plan, etag: Etag) -> Applied:
        file, _ = examples.examples_of(Draft(self.root), intent)
        return self.apply(plan, {file: etag})

    def _write(
        self, edits: Sequence[Edit], writes: Sequence[Write], skipped: Sequence[str]
    ) -> Applied:
        validate(self.root, writes)
        when = self._clock()
        changes = tuple(Change(edit, self._who, when) for edit in edits)
        write_all(self.root, writes)
        if not writes:
            return Applied((), ())
        applied = Applied(changes, tuple(writes), kept.new_id(self.root), tuple(skipped))
        try:
            kept.keep(self.root, applied.id, applied)
            append(self.root / "var/audit.jsonl", changes)
        except OSError:
            kept.discard(self.root, applied.id)
            write_all(self.root, [Write(w.file, w.after, w.before) for w in reversed(writes)])
            raise
        return applied


def _taken_back(draft: Draft, applied: Applied) -> list[Edit]:
    for write in applied.writes:
        draft.put(write.file, write.before)
    return [
        Edit(f"undo.{e.what}", e.file, e.place, e.after, e.before, e.secret)
        for e in (change.edit for change in reversed(applied.changes))
    ]
