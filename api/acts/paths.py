"""Starting a path: a person, a place, the first facts. The workflow follows from the news of it.

Only the start; everything later on a path is a fact, a consent or an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from api.acts.facts import checked, keep
from api.acts.writing import Act, Receipt, Writing
from api.clock import check_given_moment, tenant_now
from api.problems import without_echo
from api.schemas import MemberIn, StartPath
from process_models.catalogue import Catalogue
from process_models.errors import FactInvalid, UnknownMunicipality
from process_models.facts import CLIENT, Person
from process_models.look_again import day_at
from process_models.rules import Municipality
from store.assignments import assign
from store.paths import NewPath, create_path, load_case

_OLDEST = date(1900, 1, 1)


def start_path(request: StartPath) -> Act:
    """The act that starts a path. Errors: UnknownMunicipality (also for a place), FactInvalid; nothing is then kept."""

    async def act(writing: Writing) -> Receipt:
        today = day_at(request.now or tenant_now(writing.tenant, writing.wall))
        check_start(writing, request, today)
        path = await create_path(
            writing.session, writing.tools.database.keyring, _new_path(writing, request), writing.wall
        )
        await writing.audit("path.started", path.case_number, path)
        if writing.call.scope.account_id:
            await assign(writing.session, path, writing.call.scope.account_id, day_at(writing.wall))
        case = await load_case(writing.session, writing.tools.database.keyring, path.id)
        facts = checked(writing, case, request.facts, today)
        await keep(writing, path, facts)
        return await writing.receipt(path, refs=tuple(fact.id for fact in facts))

    return act


def check_start(writing: Writing, request: StartPath, today: date) -> None:
    """Place, births and moment of a start. Errors: UnknownMunicipality, FactInvalid, SimulationOnly."""
    check_given_moment(writing.tenant, request.now)
    _check_place(writing, request)
    _check_births(request, max([today, *(fact.recorded or today for fact in request.facts)]))


def _check_place(writing: Writing, request: StartPath) -> None:
    own = writing.tenant.municipality
    municipality = known_municipality(writing.catalogue, request.municipality)
    if municipality.id != own:
        raise UnknownMunicipality(
            "Dieser Zugang gehört zu einer anderen Kommune.", field="municipality", allowed=(own,)
        )
    if request.place not in municipality.places:
        raise UnknownMunicipality(
            "Diesen Ort kennt die Konfiguration der Kommune nicht.", field="place", allowed=municipality.places
        )


def known_municipality(catalogue: Catalogue, municipality_id: str) -> Municipality:
    """The configuration of this Kreis or town. Errors: UnknownMunicipality, which does not repeat the word."""
    try:
        return catalogue.municipality(municipality_id)
    except UnknownMunicipality as error:
        raise without_echo(error, [municipality_id]) from None


def _check_births(request: StartPath, today: date) -> None:
    _check_birth("person.born", request.person.born, today)
    names = [member.id for member in request.household]
    for index, member in enumerate(request.household):
        _check_birth(f"household.{index}.born", member.born, today)
        if member.id == CLIENT or member.id in names[:index]:
            raise FactInvalid(
                "Jedes Mitglied des Haushalts braucht eine eigene Kennung.", field=f"household.{index}.id"
            )


def _check_birth(field: str, born: date, today: date) -> None:
    if not _OLDEST <= born <= today:
        raise FactInvalid("Dieser Geburtstag kann nicht stimmen.", field=field, allowed=(f"{_OLDEST} bis {today}",))


def _new_path(writing: Writing, request: StartPath) -> NewPath:
    return NewPath(
        tenant_id=writing.tenant.id,
        municipality=request.municipality,
        place=request.place,
        born=request.person.born,
        nationality=request.person.nationality,
        name=request.person.name,
        household=_household(request.household, request.person.nationality),
    )


def _household(members: Sequence[MemberIn], nationality: str) -> tuple[Person, ...]:
    return tuple(
        Person(born=one.born, nationality=one.nationality or nationality, id=one.id, relation=one.relation)
        for one in members
    )
