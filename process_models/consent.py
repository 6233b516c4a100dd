"""Consent and statute: whether data of a category may go to a recipient for a purpose on a day, and on which basis.

Decided from facts alone. Who asks (an offer, a mail, a body) and what follows from the answer lives elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from process_models.capacity import rule_for
from process_models.catalogue import Catalogue
from process_models.facts import CLIENT, Fact
from process_models.rulebook import day_of, matches
from process_models.rules import Actor, Basis, HandoverRule, StatutoryBasis

CONSENT_FACTS: Final = ("consent.given", "consent.revoked", "consent.refused")
"""Kinds of facts that say what a person consents to."""

_SAID: Final = {
    "consent": "Einwilligung {ids} deckt Zweck, Empfänger und Daten.",
    "statute": "Übermittlung ohne Einwilligung erlaubt: {statute}.",
    "none": "Es gibt keine Einwilligung für diesen Zweck.",
    "recipient": "Keine Einwilligung nennt diesen Empfänger.",
    "category": "Keine Einwilligung nennt diese Daten.",
    "guardian": "Die Einwilligung der Sorgeberechtigten fehlt.",
    "person": "Die eigene Einwilligung der Person fehlt.",
}
_SPECIAL: Final = "consent.special_categories"
"""Key of the constant that says which data need a consent in a particular form."""


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent as given: one purpose, at most one kind of recipient, the named categories. `until` is inclusive."""

    id: str
    who: str
    purpose: str
    recipient: str | None
    categories: frozenset[str]
    given_on: date
    until: date | None
    form: str
    given_by: Actor | Literal["both"] | None = None
    """Who gave it; None: whoever was asked on that day."""


@dataclass(frozen=True, slots=True)
class ConsentQuestion:
    """May data go? Recipient and category are asked only where they matter; `who` is the person they are about.

    With the birthday it is also asked whether everybody consented who is asked at that age on the day.
    """

    purpose: str
    recipient: str | None
    category: str | None
    day: date
    who: str = CLIENT
    born: date | None = None
    """Birth of that person: whose word counts follows from age. None: nobody's age is asked."""


@dataclass(frozen=True, slots=True)
class ConsentDecision:
    """The answer, its basis, the consents it rests on, and a German sentence."""

    allowed: bool
    basis: Basis
    consent_ids: tuple[str, ...] = ()
    reason: str = ""
    statute: str = ""
    """As cited, where a statute allows it."""


@dataclass(frozen=True, slots=True)
class HandoverConsent:
    """Whether a handover may leave: all of its categories are covered, or these are missing."""

    allowed: bool
    basis: Basis
    missing: tuple[str, ...] = ()
    consent_ids: tuple[str, ...] = ()


def consents_of(facts: Iterable[Fact], day: date) -> tuple[Consent, ...]:
    """The consents that are valid on this day, among the facts known on it.

    A revocation counts from its own day, a later refusal of the same purpose and recipient too. The same id given
    again replaces the earlier consent.
    """
    valid: dict[tuple[str, str], Consent] = {}
    for fact in sorted((fact for fact in facts if fact.kind in CONSENT_FACTS), key=_in_order):
        if fact.on > day:
            break
        match fact.kind:
            case "consent.given":
                given = _consent(fact)
                valid[given.who, given.id] = given
            case "consent.revoked":
                valid.pop((fact.who, str(fact.data["consent"])), None)
            case "consent.refused":
                valid = {key: held for key, held in valid.items() if not _refuses(fact, held)}
    return tuple(held for held in valid.values() if held.until is None or day <= held.until)


def revoked_on(facts: Iterable[Fact], purpose: str, recipient: str, day: date) -> date | None:
    """The latest day, up to this one, on which a consent to this purpose and recipient was revoked or refused."""
    given = {str(f.data["consent"]): f for f in facts if f.kind == "consent.given" and _names(f, purpose, recipient)}
    ended = (
        fact.on
        for fact in facts
        if fact.on <= day
        and (
            (fact.kind == "consent.revoked" and str(fact.data["consent"]) in given)
            or (fact.kind == "consent.refused" and given and _names(fact, purpose, recipient))
        )
    )
    return max(ended, default=None)


def check_consent(catalogue: Catalogue, facts: Sequence[Fact], question: ConsentQuestion) -> ConsentDecision:
    """Whether purpose, recipient, category and day are covered: by consent, else by statute, else not at all."""
    held = [consent for consent in consents_of(facts, question.day) if consent.who == question.who]
    covering = [consent for consent in held if _covers(catalogue, consent, question)]
    lacking = _who_lacks(catalogue, covering, question)
    if covering and not lacking:
        ids = tuple(consent.id for consent in covering)
        return ConsentDecision(True, "consent", ids, _SAID["consent"].format(ids=", ".join(ids)))
    statute = _statute(catalogue, facts, question)
    if statute:
        return _by_statute(statute)
    return ConsentDecision(False, "none", (), _SAID[lacking or _lacks(catalogue, held, question)])


def check_handover(
    catalogue: Catalogue, facts: Sequence[Fact], rule: HandoverRule, day: date, born: date | None = None
) -> HandoverConsent:
    """Whether a handover may leave to the receiver of the rule on this day: every category of data needs its basis.

    Where the rule asks for consent, only consent counts. Where it rests on a statute, that statute has to name receiver
    and category and its facts have to be known; what it leaves out (another receiver) needs consent. A rule without a
    basis or without categories lets nothing leave. `facts`: all that are known, not only those about consent; `born`:
    birth of the person of the path, as in `ConsentQuestion`.
    """
    asked = [ConsentQuestion(rule.purpose, rule.to_kind, category, day, born=born) for category in rule.categories]
    if rule.basis == "none" or not asked:
        return HandoverConsent(False, "none", rule.categories)
    decisions = {str(question.category): check_category(catalogue, facts, rule, question) for question in asked}
    missing = tuple(category for category, decision in decisions.items() if not decision.allowed)
    ids = dict.fromkeys(ref for decision in decisions.values() for ref in decision.consent_ids)
    bases = {decision.basis for decision in decisions.values()}
    found: Basis = "none" if missing else "consent" if "consent" in bases else "statute"
    return HandoverConsent(not missing, found, missing, tuple(ids))


def check_category(
    catalogue: Catalogue, facts: Sequence[Fact], rule: HandoverRule, question: ConsentQuestion
) -> ConsentDecision:
    """On which basis the data of one category may go under the rule; the question names category and receiver.

    The statute first where the rule rests on one: what it allows does not hang on a consent that may be revoked.
    """
    statute = _statute(catalogue, facts, question) if rule.basis == "statute" else None
    if statute:
        return _by_statute(statute)
    decision = check_consent(catalogue, facts, question)
    return decision if decision.basis == "consent" else ConsentDecision(False, "none")


def _by_statute(basis: StatutoryBasis) -> ConsentDecision:
    return ConsentDecision(
        True, "statute", (), _SAID["statute"].format(statute=basis.statute), f"{basis.title} ({basis.statute})"
    )


def _consent(fact: Fact) -> Consent:
    data = fact.data
    return Consent(
        id=str(data["consent"]),
        who=fact.who,
        purpose=str(data["purpose"]),
        recipient=data.get("recipient"),
        categories=frozenset(data.get("categories") or ()),
        given_on=fact.on,
        until=day_of(data.get("until")),
        form=str(data.get("form", "")),
        given_by=data.get("given_by"),
    )


def _names(fact: Fact, purpose: str, recipient: str) -> bool:
    return fact.data.get("purpose") == purpose and fact.data.get("recipient") in (None, recipient)


def _in_order(fact: Fact) -> tuple[date, int]:
    return fact.on, fact.kind != "consent.given"


def _refuses(refusal: Fact, held: Consent) -> bool:
    recipient = refusal.data.get("recipient")
    same = refusal.who == held.who and refusal.data["purpose"] == held.purpose
    return same and recipient in (None, held.recipient)


def _covers(catalogue: Catalogue, held: Consent, question: ConsentQuestion) -> bool:
    if held.purpose != question.purpose:
        return False
    return _covers_recipient(catalogue, held, question) and _covers_category(catalogue, held, question)


def _covers_recipient(catalogue: Catalogue, held: Consent, question: ConsentQuestion) -> bool:
    if _purpose_needs(catalogue, question)[0]:
        return question.recipient is not None and held.recipient == question.recipient
    return held.recipient is None or question.recipient in (None, held.recipient)


def _covers_category(catalogue: Catalogue, held: Consent, question: ConsentQuestion) -> bool:
    if question.category is None:
        return not _purpose_needs(catalogue, question)[1] or bool(held.categories)
    return question.category in held.categories and _has_form(catalogue, held, question)


def _has_form(catalogue: Catalogue, held: Consent, question: ConsentQuestion) -> bool:
    """Special categories of data need a consent that names them, and has one of the forms that the law wants."""
    special = catalogue.constant(_SPECIAL, question.day)
    return question.category not in special["categories"] or held.form in special["forms"]


def _who_lacks(catalogue: Catalogue, covering: Sequence[Consent], question: ConsentQuestion) -> Actor | None:
    """Who is asked at this age and gave none of these consents; None if nobody."""
    if question.born is None or not covering:
        return None
    given = {actor for consent in covering for actor in _givers(catalogue, consent, question.born)}
    asked = _asked(catalogue, question.purpose, question.born, question.day)
    return next((actor for actor in asked if actor not in given), None)


def _givers(catalogue: Catalogue, consent: Consent, born: date) -> tuple[Actor, ...]:
    if consent.given_by == "both":
        return "person", "guardian"
    return (consent.given_by,) if consent.given_by else _asked(catalogue, consent.purpose, born, consent.given_on)


def _asked(catalogue: Catalogue, purpose: str, born: date, day: date) -> tuple[Actor, ...]:
    rule = rule_for("consent", born, day, catalogue)
    return rule.acts if rule is not None and purpose in rule.purposes else ()


def _purpose_needs(catalogue: Catalogue, question: ConsentQuestion) -> tuple[bool, bool]:
    purposes = catalogue.in_force(catalogue.consent_purposes, question.day)
    found = next((purpose for purpose in purposes if purpose.code == question.purpose), None)
    return (found.needs_recipient, found.needs_categories) if found else (True, True)


def _statute(catalogue: Catalogue, facts: Sequence[Fact], question: ConsentQuestion) -> StatutoryBasis | None:
    known = [fact for fact in facts if fact.on <= question.day and fact.who == question.who]
    bases = catalogue.in_force(catalogue.statutory_bases, question.day)
    return next((basis for basis in bases if _allows(basis, known, question)), None)


def _allows(basis: StatutoryBasis, known: Sequence[Fact], question: ConsentQuestion) -> bool:
    fits = question.recipient in basis.recipients and question.category in basis.categories
    return fits and all(any(matches(need, fact) for fact in known) for need in basis.needs)


def _lacks(catalogue: Catalogue, held: Sequence[Consent], question: ConsentQuestion) -> str:
    same_purpose = [consent for consent in held if consent.purpose == question.purpose]
    if not same_purpose:
        return "none"
    named = any(_covers_recipient(catalogue, consent, question) for consent in same_purpose)
    return "category" if named else "recipient"
