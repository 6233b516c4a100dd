"""Starting a path from a referral: the target group is asked first, and only then is anything kept.

The start itself stands in `paths`, the rules in `process_models.intake`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from api.acts.facts import checked
from api.acts.paths import check_start, start_path
from api.acts.writing import Act, Receipt, Writing
from api.clock import tenant_now
from api.errors import NotInTargetGroup
from api.schemas import FactIn, StartPath
from api.schemas_intake import EvidenceIn, Intake
from process_models.case import Case
from process_models.configuration import Municipality
from process_models.consent_texts import SheetWanted, sheet_of
from process_models.facts import Person
from process_models.intake import Stay, Verdict, stay_choices, stay_facts, verdict_on
from process_models.look_again import day_at

CASE_MANAGEMENT = "P1"


def begin_intake(intake: Intake) -> Act:
    """The act that starts a path for somebody of the target group.

    Errors: NotInTargetGroup; those of `judge` and of starting a path. Nothing is then kept.
    """

    async def act(writing: Writing) -> Receipt:
        verdict = judge(writing, intake)
        _require(verdict, intake)
        return await start_path(_as_start(writing, intake, verdict.day))(writing)

    return act


def judge(writing: Writing, intake: Intake) -> Verdict:
    """What the target group says; keeps nothing. Errors: FactInvalid, StayUnknown, UnknownMunicipality."""
    today = day_at(intake.now or tenant_now(writing.tenant, writing.wall))
    bare = _start(writing, intake, ())
    check_start(writing, bare, today)
    config = writing.catalogue.municipality(writing.tenant.municipality)
    person = Person(intake.person.born, intake.person.nationality)
    given = tuple(_facts(writing, intake, today))
    case = Case("", config.id, intake.place, person)
    facts = checked(writing, case, given, today)
    asked = Case("", config.id, intake.place, person, tuple(f for f in facts if f.kind != "kim.screened"))
    return verdict_on(asked, _stay(intake), today, writing.catalogue)


def require_text(writing: Writing, given: EvidenceIn, purposes: tuple[str, ...]) -> None:
    """The text that somebody consented to was in use on that day. Errors: ConsentTextMissing."""
    config: Municipality = writing.catalogue.municipality(writing.tenant.municipality)
    wanted = SheetWanted(given.text_version, given.language, purposes)
    sheet_of(writing.catalogue, config, wanted, given.on)


def _require(verdict: Verdict, intake: Intake) -> None:
    result = verdict.eligibility.result
    decided = intake.decision.result if intake.decision and verdict.may_be_replaced else result
    if decided == "eligible":
        return
    if decided == "manual":
        raise NotInTargetGroup("Über die Zielgruppe muss hier eine Person entscheiden.", field="decision.result")
    raise NotInTargetGroup(
        "Die Person gehört nicht zur Zielgruppe; es wurde nichts gespeichert.",
        way_out="Beratungsstellen begleiten auch ohne KIM.",
    )


def _as_start(writing: Writing, intake: Intake, today: date) -> StartPath:
    if intake.consent is not None:
        require_text(writing, intake.consent, intake.consent.purposes)
    return _start(writing, intake, tuple(_facts(writing, intake, today)))


def _start(writing: Writing, intake: Intake, facts: tuple[FactIn, ...]) -> StartPath:
    return StartPath(
        municipality=writing.tenant.municipality,
        place=intake.place,
        person=intake.person,
        facts=facts,
        now=intake.now,
    )


def _stay(intake: Intake) -> Stay:
    return Stay(intake.stay.code, intake.stay.since, intake.stay.until, intake.stay.arrived_on)


def _facts(writing: Writing, intake: Intake, today: date) -> Iterator[FactIn]:
    """Everything that is said at the start, as facts; each named so that a refusal finds its field."""
    referral = intake.referral
    told = referral.model_dump(mode="json", include={"by", "wants", "criteria", "channel", "case_management"})
    data = {name: value for name, value in told.items() if value is not None}
    yield FactIn(id="referred", fact="kim.referred", on=referral.on, data=data)
    for fact in stay_facts(_stay(intake), stay_choices(writing.catalogue, today), today):
        said = {name: value.isoformat() if isinstance(value, date) else value for name, value in fact.data.items()}
        yield FactIn(id=fact.id, fact=fact.kind, on=fact.on, data=said)
    if intake.decision is not None:
        yield FactIn(id="screened", fact="kim.screened", on=today, data=intake.decision.model_dump())
    if intake.consent is not None:
        yield from _consents(intake.consent, intake.consent.purposes)
        if CASE_MANAGEMENT in intake.consent.purposes:
            yield FactIn(id="opened", fact="kim.opened", on=max(intake.consent.on, referral.on))


def _consents(given: EvidenceIn, purposes: tuple[str, ...]) -> Iterator[FactIn]:
    for purpose in purposes:
        ref = purpose.lower()
        yield FactIn(id=ref, fact="consent.given", on=given.on, data=evidence_data(given, ref, purpose))


def evidence_data(given: EvidenceIn, ref: str, purpose: str) -> dict[str, object]:
    """The data of a consent fact: what for, and how it is proved."""
    shown = given.model_dump(mode="json", include={"form", "language", "text_version", "evidence", "given_by"})
    return {"consent": ref, "purpose": purpose} | {name: value for name, value in shown.items() if value is not None}
