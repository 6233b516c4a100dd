"""The screening of a path: whether the person belongs to the target group, and what that means for the case.

The decision table itself is read in `target_group`.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.consent import ConsentQuestion, check_consent
from process_models.course import Course
from process_models.facts import Fact
from process_models.known import KnownFacts
from process_models.plan import Eligibility
from process_models.rulebook import rulebook
from process_models.standing import follow
from process_models.target_group import Circumstances, Referral, screen

CASE_MANAGEMENT: Final = "P1"
"""Purpose without which no case is managed; its withdrawal stops offers at once."""


DECIDED: Final = "kim.screened"
"""Kind of the fact by which a person replaces the answer of the table."""
NOT_TAKING_PART: Final = "PLACE"
"""Rule named where the place does not take part in the case management: a person decides."""


def screening_of(case: Case, course: Course, counted: KnownFacts, catalogue: Catalogue) -> Eligibility | None:
    """The screening of the course's day; None before arrival and after the end."""
    if not course.history or course.gone:
        return None
    status = rulebook(catalogue).state(course.residence, course.day).target_status
    circumstances = circumstances_of(course, counted, catalogue)
    found = screen(catalogue, case.municipality, case.person.born, status, course.day, circumstances)
    if not catalogue.municipality(case.municipality).takes_part(place_of(case, counted), course.day):
        found = Eligibility(result="manual", rule=NOT_TAKING_PART)
    return _as_decided_by_hand(found, case, course, counted, catalogue)


def circumstances_of(course: Course, counted: KnownFacts, catalogue: Catalogue) -> Circumstances:
    """What tables ask beside age and status, from the facts of the day."""
    return Circumstances(_referral(counted, catalogue), course.stay_since, _has_fled(course, catalogue))


def _as_decided_by_hand(
    found: Eligibility, case: Case, course: Course, counted: KnownFacts, catalogue: Catalogue
) -> Eligibility:
    """The answer of a person instead, as long as the line that it replaced would still decide."""
    said = counted.latest(DECIDED)
    config = catalogue.municipality(case.municipality)
    if said is None or said.on > course.day or found.result not in config.override:
        return found
    if said.on < course.day:
        earlier = KnownFacts(fact for fact in counted.facts if fact.on <= said.on and fact.kind != DECIDED)
        then = screening_of(case, follow(earlier.facts, said.on, catalogue), earlier, catalogue)
        if then is None or then.rule != found.rule:
            return found
    return found.model_copy(update={"result": said.data["result"], "by_hand": True})


def _has_fled(course: Course, catalogue: Catalogue) -> bool:
    fled: list[str] = catalogue.constant("target.fled_states", course.day)
    return any(code in fled for code, _ in course.history)


def place_of(case: Case, counted: KnownFacts) -> str:
    """Where the person lives, as far as the facts tell; else where the path began."""
    latest = counted.latest("place.assigned", "place.moved")
    return str(latest.data["place"]) if latest else case.place


def _referral(counted: KnownFacts, catalogue: Catalogue) -> Referral | None:
    latest = counted.latest("kim.referred")
    if latest is None:
        return None
    data = latest.data
    interface = data.get("interface")
    return Referral(
        by=str(data.get("by", "")),
        wants=bool(data.get("wants")),
        criteria=frozenset(data.get("criteria") or ()),
        case_management=str(data.get("case_management") or ""),
        on=latest.on,
        interface=(str(interface[0]), str(interface[1])) if interface else None,
        by_service=any(kind.code == data.get("by") and kind.local for kind in catalogue.agency_kinds),
    )


def adjust_kim(
    course: Course, eligibility: Eligibility | None, consents: tuple[Fact, ...], born: date, catalogue: Catalogue
) -> None:
    """A referred person is screened; without the consent to case management nothing goes on."""
    if course.kim == "prospect" and course.referred_on is not None and eligibility is not None:
        course.kim = "screened_out" if eligibility.result == "not_eligible" else "waiting_consent"
    asked_before = any(f.kind == "consent.given" and f.data.get("purpose") == CASE_MANAGEMENT for f in consents)
    if course.kim in ("active", "paused") and asked_before:
        question = ConsentQuestion(CASE_MANAGEMENT, None, None, course.day, born=born)
        if not check_consent(catalogue, consents, question).allowed:
            course.kim = "waiting_consent"


def is_screened_anew(
    case: Case, course: Course, counted: KnownFacts, eligibility: Eligibility | None, catalogue: Catalogue
) -> bool:
    """True until kim opens, if the screening comes out differently than on the day of the referral."""
    referred: date | None = course.referred_on
    if referred is None or course.kim_opened_on is not None or eligibility is None:
        return False
    then = screening_of(case, follow(counted.facts, referred, catalogue), counted, catalogue)
    return then is not None and then.result != eligibility.result
