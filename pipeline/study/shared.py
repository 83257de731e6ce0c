"""Study-wide sealed records: the roster, the voices, the labels; each sealed with a key of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.deidentify.forgetting import is_own, retire
from pipeline.errors import DecisionError
from pipeline.records import Label, LabelMap, from_json, to_json
from pipeline.study.vault.sealed_records import STUDY_OWNER

if TYPE_CHECKING:
    from pipeline.speakers.voices import KnownVoices
    from pipeline.study.study import Study
    from pipeline.study.vault.audit import Detail


class SharedRecord:
    """One sealed record of the whole study, as bytes; every writing is a new version in the audit chain."""

    def __init__(self, study: Study, name: str):
        self._study = study
        self.name = name

    def read(self) -> bytes | None:
        """The content, None when there is none yet."""
        return self._study.read_shared(self.name)

    def write(self, data: bytes, *, event: str = "", audit: Detail | None = None) -> None:
        """Replace the content."""
        self._study.keep_shared(self.name, data, event=event or f"{self.name} changed", audit=audit)

    @property
    def version(self) -> int:
        """How often it was written."""
        row = self._study.rows.artifact(STUDY_OWNER, self.name)
        return row.version if row else 0


class VoiceStore(SharedRecord):
    """The voices of a study's people."""

    def load(self) -> KnownVoices:
        """The voices known so far."""
        from pipeline.speakers.voices import KnownVoices

        data = self.read()
        return from_json(KnownVoices, data) if data else KnownVoices()


class LabelStore(SharedRecord):
    """The study's label map."""

    def load(self) -> LabelMap:
        """The labels given so far."""
        data = self.read()
        return from_json(LabelMap, data) if data else LabelMap()

    def save(self, labels: LabelMap) -> None:
        """Replace the labels."""
        self.write(to_json(labels), event="labels changed", audit={"labels": len(labels.labels)})


def merge_labels(
    held: LabelMap,
    before: LabelMap,
    after: LabelMap,
    *,
    meant: Iterable[str] = (),
    used: Callable[[frozenset[Label]], frozenset[Label]] = lambda _: frozenset(),
) -> LabelMap:
    """The study's labels with what a decision changed of those its review knows, and nothing besides: what the
    study forgot since the review began does not come back.

    Numbers that a decision gives up, or whose decision is taken back, stay taken; words that it gives up stay known
    where they are `used` in other recordings. Raises DecisionError when it gave a new label that another recording
    took meanwhile, and did not mean that one (`meant`): two people never share one.
    """
    dropped = set(before.labels) - set(after.labels)
    dropped -= used(_forgotten(dropped, after)) if dropped else frozenset()
    added = [label for label in after.labels if label not in set(before.labels)]
    _refuse_taken(added, held, {label.text for label in before.labels} | set(before.retired) | set(meant))
    labels = tuple(dict.fromkeys((*(x for x in held.labels if x not in dropped), *added)))
    left = {label.text for label in labels}
    given_up = (label.text for label in before.labels if label in dropped and label.text not in left)
    retired = retire(replace(held, retired=(*held.retired, *after.retired)), given_up)
    return replace(held, labels=labels, retired=tuple(text for text in retired if text not in left))


def _refuse_taken(added: Iterable[Label], held: LabelMap, known: set[str]) -> None:
    """Raise DecisionError for a new label whose text the study gave to somebody else; `known` texts are meant."""
    taken = ({label.text for label in held.labels} | set(held.retired)) - known
    for label in added:
        if label.text in taken and label not in held.labels and is_own(label.text):
            why = f"{label.written} was given in another recording meanwhile; reload the page, or choose another label"
            raise DecisionError(why=why)


def _forgotten(dropped: Iterable[Label], after: LabelMap) -> frozenset[Label]:
    """Labels whose words bear none any more: those that only changed hands are not forgotten."""
    still = {(label.kind, label.words) for label in after.labels}
    return frozenset(label for label in dropped if (label.kind, label.words) not in still)


def unite_in(labels: LabelMap, gone: str, kept: str) -> LabelMap:
    """The map in which all that bore one label (its text) bears another, also forms of a name that the review, which
    began earlier, does not know."""
    united = dict.fromkeys(replace(x, text=kept) if x.text == gone else x for x in labels.labels)
    return replace(labels, labels=tuple(united))
