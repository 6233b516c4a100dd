"""The lines of a path's page: facts in words, handovers with their story, consents with their evidence, the log.

From rows and rules to words; nothing is read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.consent import consents_of
from process_models.fact_words import field_title, value_words
from process_models.facts import RETRACTED, Fact, known_on
from process_models.handover import ANSWERS
from process_models.plan import Condition, Forecast, PlannedHandover
from store.agency_tables import AgencyDeed
from store.handovers import item_of
from store.tables import AuditEntry, ConsentEvidence, Handover, Notice, Path

_OFFICE: Final = ("receive", "accept", "complete", "cancel")
"""Answers that need no further word; the others stand on the board and behind the link of the agency."""
_TOLD: Final = ("query", "not_responsible", "forward", "wrong_recipient")
_ID: Final = re.compile(r"[0-9a-f]{32}")
_DAYS: Final = ("offered", "received", "accepted", "refused", "completed", "cancelled")


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact of the file in one line. `data`: name and words of each field."""

    fact: Fact
    title: str
    data: tuple[tuple[str, str], ...]
    retracted: bool
    without_effect: bool


@dataclass(frozen=True, slots=True)
class StoryStep:
    """Something that happened to a handover: a state that it reached, or a mail about it."""

    on: date
    state: str = ""
    mail: str = ""
    """Kind of the mail."""
    deed: str = ""
    """What the agency did behind its link: query, not_responsible, forward, wrong_recipient."""
    documents: tuple[str, ...] = ()
    """Words of the documents that the agency misses."""
    to: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Happened:
    """What is known of the handovers of a path beside their rows."""

    notices: Sequence[Notice]
    opened: Mapping[str, date]
    """Handover -> day on which the agency opened its page for the first time."""
    deeds: Sequence[AgencyDeed]


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """A handover with its story, and the answers that the office may note for the agency."""

    row: Handover
    title: str
    agency: str
    reason: str
    """Why it stalls or was refused, in words."""
    answers: tuple[str, ...]
    opened_on: date | None
    """Day on which the agency opened its page for the first time."""
    asked: tuple[StoryStep, ...]
    """What the agency asked back, or whom it names as the right one."""
    story: tuple[StoryStep, ...]
    planned: PlannedHandover | None = None
    """What the plan says of it: which step is expected by when."""


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent with its evidence, also one that has ended."""

    row: ConsentEvidence
    valid: bool
    data: tuple[str, ...]
    """Words of the categories."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """Who did or saw what. `about`: words of what it was about, where the page knows them."""

    at: datetime
    who: str
    action: str
    about: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """What naturalisation asks for, with the candidates of its date; the authority examines, a person decides."""

    forecasts: tuple[Forecast, ...]
    conditions: tuple[Condition, ...]
    """Of the first candidate; where several candidates differ, only in the length of the stay."""

    def count(self, state: str) -> int:
        """How many conditions are met, unmet or unknown."""
        return sum(one.state == state for one in self.conditions)


def facts_in_words(case: Case, catalogue: Catalogue, ineffective: frozenset[str]) -> list[FactLine]:
    """All facts of the file, the latest first; retractions are shown at what they take back."""
    gone = {fact.data["fact"] for fact in case.facts if fact.kind == RETRACTED}
    kinds = catalogue.fact_kinds
    return [
        FactLine(
            fact,
            kinds[fact.kind].title if fact.kind in kinds else fact.kind,
            tuple(
                (field_title(catalogue, fact.kind, name), value_words(catalogue, fact.kind, name, value))
                for name, value in fact.data.items()
                if value not in (None, [], "")
            ),
            fact.id in gone,
            fact.id in ineffective,
        )
        for fact in sorted(case.facts, key=lambda fact: (fact.on, fact.recorded, fact.id), reverse=True)
        if fact.kind != RETRACTED
    ]


def handover_line(row: Handover, happened: Happened, catalogue: Catalogue, path: Path, today: date) -> HandoverLine:
    """A handover with everything that happened to it, in order."""
    rule = catalogue.handover(row.code, row.trigger_on)
    agencies = catalogue.municipality(path.municipality).agencies
    asked = tuple(_deeds(row, happened.deeds, catalogue))
    mails = _mails(row, happened.notices, catalogue)
    opened = happened.opened.get(row.id)
    steps = (*_states(row), *mails, *asked, *((StoryStep(opened, state="opened"),) if opened else ()))
    return HandoverLine(
        row=row,
        title=rule.title if rule else row.code,
        agency=next((one.title for one in agencies if one.id == row.to_agency), catalogue.label(row.to_kind)),
        reason=_reason(row, catalogue, today),
        answers=tuple(answer for answer in ANSWERS[item_of(row).state] if answer in _OFFICE),
        opened_on=opened,
        asked=asked,
        story=tuple(sorted(steps, key=lambda step: (step.on, step.mail == ""))),
    )


def consents_in_words(
    case: Case, rows: Sequence[ConsentEvidence], today: date, catalogue: Catalogue
) -> tuple[ConsentLine, ...]:
    """The consents of a path, those in force first."""
    held = {(one.who, one.id) for one in consents_of(known_on(case.facts, today), today)}
    lines = (
        ConsentLine(row, (row.who, row.ref) in held, tuple(catalogue.label(f"category.{c}") for c in row.categories))
        for row in rows
        if row.retracted_on is None
    )
    return tuple(sorted(lines, key=lambda line: (not line.valid, line.row.given_on)))


def log_in_words(entries: Iterable[AuditEntry], people: dict[str, str], catalogue: Catalogue) -> tuple[LogLine, ...]:
    """The log, with names of colleagues and titles of facts; whoever is none of them is told by role."""
    return tuple(
        LogLine(
            one.at,
            people.get(one.actor, catalogue.label(one.role)),
            one.action,
            _about(one.subject, catalogue),
            one.reason or "",
        )
        for one in entries
    )


def checklist_of(forecasts: Iterable[Forecast]) -> Checklist | None:
    """What naturalisation asks for; None where no route leads there from today's stay."""
    found = tuple(one for one in forecasts if one.goal == "naturalisation")
    return Checklist(found, found[0].conditions) if found else None


def _about(subject: str, catalogue: Catalogue) -> str:
    """What an entry is about, in words; an id says nothing to anybody."""
    if _ID.fullmatch(subject):
        return ""
    kind = subject.partition(":")[0]
    return catalogue.fact_kinds[kind].title if kind in catalogue.fact_kinds else subject


def _states(row: Handover) -> Iterator[StoryStep]:
    for state in _DAYS:
        on = getattr(row, f"{state}_on")
        if on is not None:
            yield StoryStep(on, state=state)


def _reason(row: Handover, catalogue: Catalogue, today: date) -> str:
    reasons = catalogue.ladder(today).reasons
    return next((words for code, words in reasons.items() if code == row.reason), row.reason or "")


def _deeds(row: Handover, deeds: Iterable[AgencyDeed], catalogue: Catalogue) -> Iterator[StoryStep]:
    rule = catalogue.handover(row.code, row.trigger_on)
    titles = {f"D{number}": title for number, title in enumerate(rule.documents if rule else (), start=1)}
    for one in deeds:
        if one.handover_id == row.id and one.deed in _TOLD:
            missing = tuple(titles.get(code, code) for code in one.documents)
            to = catalogue.label(one.to_kind) if one.to_kind else ""
            yield StoryStep(one.done_on, deed=one.deed, documents=missing, to=to)


def _mails(row: Handover, notices: Iterable[Notice], catalogue: Catalogue) -> Iterator[StoryStep]:
    for one in notices:
        if one.handover_id == row.id:
            yield StoryStep(one.made_on, mail=one.kind, to=catalogue.label(one.recipient), status=one.status)
