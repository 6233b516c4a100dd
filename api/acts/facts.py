"""Facts of a path: recording, correcting and taking back.

What a fact means is for the rules to say; here it is checked, kept, and announced.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from api.acts.consents import REVOKED, withdraw
from api.acts.fact_reading import as_fact
from api.acts.writing import Act, Receipt, Writing
from api.errors import AlreadyRetracted, FactNotFound
from api.schemas import AddFacts, FactIn, Retract
from process_models.case import Case
from process_models.deadline_moves import DeadlineFixed, check_move
from process_models.errors import FactInvalid, PathEnded
from process_models.facts import CLIENT, RETRACTED, Fact
from process_models.household import ARRIVED, BORN, LEFT
from process_models.look_again import day_at
from process_models.vocabulary import check_fact
from store.facts import add_facts
from store.paths import load_case, reopen_path
from store.tables import Path

FARTHEST = timedelta(days=366)
"""A fact may be known before it counts, but not by more than a year: that is a slip of the pen."""
_REFERENCES = ("start", "notice")
"""Fields that name another fact of the path."""


def record_facts(path_id: str, request: AddFacts) -> Act:
    """The act that records facts. Errors: FactInvalid, FactConflict, PathEnded, PathNotFound; nothing is then kept."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        return await record(writing, path, request.facts, request.now)

    return act


def retract_fact(path_id: str, ref: str, request: Retract) -> Act:
    """The act that takes a fact back, as if it had never been recorded. Errors: FactNotFound, AlreadyRetracted."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        today = await writing.today(path, request.now)
        taken_back = FactIn(fact=RETRACTED, on=request.recorded or today, recorded=request.recorded, data={"fact": ref})
        return await record(writing, path, (taken_back,), request.now)

    return act


async def record(writing: Writing, path: Path, given: Sequence[FactIn], now: datetime | None) -> Receipt:
    """Checks and keeps facts, and does at once what a withdrawn consent demands."""
    moment = await writing.moment(path, now)
    case = await load_case(writing.session, writing.tools.database.keyring, path.id)
    facts = checked(writing, case, given, day_at(moment))
    await _require_open(writing, path, facts)
    fresh = await keep(writing, path, facts)
    in_flight = await withdraw(writing, path, case, fresh, moment)
    refs = tuple(fact.id for fact in facts)
    return await writing.receipt(path, changed=bool(fresh), refs=refs, notices_in_flight=in_flight)


async def keep(writing: Writing, path: Path, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Adds facts to the file, each with its audit entry; returns those that were not there yet."""
    keyring = writing.tools.database.keyring
    ids = await add_facts(writing.session, keyring, path, facts, writing.call.actor, writing.wall)
    fresh = tuple(fact for fact in facts if fact.id in ids)
    for fact in fresh:
        await writing.audit("fact.recorded", f"{fact.kind}:{fact.id}", path)
    return fresh


def checked(writing: Writing, case: Case, given: Sequence[FactIn], today: date) -> tuple[Fact, ...]:
    """The facts, if each of them makes sense for this case. Errors: FactInvalid, FactNotFound, AlreadyRetracted."""
    checks = _Checks(case)
    facts: list[Fact] = []
    for index, one in enumerate(given):
        place = f"facts.{index}"
        for fact in as_fact(writing, one, today, place):
            checks.check(writing, fact, today, place)
            facts.append(fact)
    return tuple(facts)


async def _require_open(writing: Writing, path: Path, facts: Sequence[Fact]) -> None:
    # A consent may be revoked at any time, also after the end; that alone opens nothing.
    if path.state != "ended" or all(fact.kind == REVOKED for fact in facts):
        return
    kinds = writing.catalogue.fact_kinds
    if not any(kinds[fact.kind].corrects for fact in facts):
        raise PathEnded(
            "Der Weg ist beendet; neue Tatsachen nimmt er nicht auf.",
            field="facts",
            allowed=(*(kind for kind, entry in kinds.items() if entry.corrects), REVOKED),
            way_out="Eine Berichtigung (corrects) oder Rücknahme öffnet ihn wieder.",
        )
    await reopen_path(writing.session, path.id)


@dataclass(slots=True)
class _Checks:
    """What is known while the facts of one request are read one after the other."""

    case: Case
    born: dict[str, date] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    """Reference -> kind of every fact of the path."""
    gone: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.born = {CLIENT: self.case.person.born} | {person.id: person.born for person in self.case.household}
        for fact in self.case.facts:
            self._learn(fact)

    def check(self, writing: Writing, fact: Fact, today: date, place: str) -> None:
        """Refuses what cannot be; then the fact is known to those that follow."""
        self._check_person(fact, place)
        _check_kind(writing, fact, self.born[fact.who], place)
        self._check_named(fact, place)
        self._check_reference(fact, place)
        if fact.on > max(today, fact.recorded) + FARTHEST:
            raise FactInvalid(
                "Der Tag liegt mehr als ein Jahr in der Zukunft.",
                field=f"{place}.on",
                allowed=(f"bis {today + FARTHEST}",),
            )
        if fact.kind == RETRACTED and self.known.get(fact.id) != RETRACTED:
            self._check_retraction(str(fact.data["fact"]), place)
        self._learn(fact)

    def _check_person(self, fact: Fact, place: str) -> None:
        if fact.who not in self.born:
            raise FactInvalid(
                "Diese Person gehört nicht zum Haushalt des Weges.", field=f"{place}.who", allowed=tuple(self.born)
            )

    def _check_named(self, fact: Fact, place: str) -> None:
        """A fact about the household names a member, never the person of the path."""
        ref = fact.data.get("id")
        if fact.kind in (ARRIVED, BORN) and ref == CLIENT:
            raise FactInvalid("Diese Kennung gehört der Person des Weges.", field=f"{place}.data.id")
        if fact.kind == LEFT and (ref == CLIENT or ref not in self.born):
            raise FactInvalid("Diese Person gehört nicht zum Haushalt.", field=f"{place}.data.id")

    def _check_reference(self, fact: Fact, place: str) -> None:
        """A move of a deadline, or an objection, names a fact that the path has."""
        for name in _REFERENCES:
            ref = fact.data.get(name)
            if ref is not None and ref not in self.known:
                raise FactInvalid("Der Weg hat keine solche Tatsache.", field=f"{place}.data.{name}")

    def _check_retraction(self, ref: str, place: str) -> None:
        if ref in self.gone:
            raise AlreadyRetracted("Die Rücknahme steht schon in der Akte.", field=f"{place}.data.fact")
        if self.known.get(ref, RETRACTED) == RETRACTED:
            raise FactNotFound(
                "Der Weg hat keine solche Tatsache, die zurückgenommen werden könnte.", field=f"{place}.data.fact"
            )

    def _learn(self, fact: Fact) -> None:
        self.known[fact.id] = fact.kind
        if fact.kind == RETRACTED:
            self.gone.add(str(fact.data["fact"]))
        if fact.kind == BORN:
            self.born[str(fact.data["id"])] = fact.on
        if fact.kind == ARRIVED:
            self.born[str(fact.data["id"])] = fact.data["born"]


def _check_kind(writing: Writing, fact: Fact, born: date, place: str) -> None:
    try:
        check_fact(writing.catalogue, fact.kind, fact.on, fact.data, born)
        check_move(writing.catalogue, fact.kind, fact.on, fact.data)
    except FactInvalid as error:
        raise _told(writing, error, fact, place) from None
    except DeadlineFixed as error:
        where = f"{place}.{error.field}"
        raise DeadlineFixed(error.detail, field=where, allowed=error.allowed, way_out=error.way_out) from None


def _told(writing: Writing, error: FactInvalid, fact: Fact, place: str) -> FactInvalid:
    """The refusal of the vocabulary, at its place in the request; a name that the sender made up is not repeated."""
    kind = writing.catalogue.fact_kinds.get(fact.kind)
    field = error.field or ""
    if field.startswith("data.") and not (kind and field.removeprefix("data.") in kind.fields):
        field = "data"
    return FactInvalid(error.detail, field=f"{place}.{field}".rstrip("."), allowed=error.allowed)
