"""German sentences about a plan: what the path waits for, the name of its timer, the details a coordinator reads.

Codes, dates and titles of agencies only: never a person. Single words stand in `words.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from process_models.case import Case
from process_models.catalogue import Catalogue
from process_models.cautions import is_consent_missing
from process_models.look_again import day_at
from process_models.messages import ShownPath
from process_models.names import CASE_MANAGER
from process_models.plan import Gap, MemberPlan, Plan, PlannedDeadline, PlannedHandover, Waiting

_SHOWN_DEADLINES = 3


def german_day(day: date | None) -> str:
    """A day as people write it: 03.03.2022; empty text for None."""
    return f"{day:%d.%m.%Y}" if day is not None else ""


def waiting_of(case: Case, plan: Plan, catalogue: Catalogue) -> Waiting | None:
    """What the path waits for first: a missing consent, an answer, an acceptance to finish, else its next date."""
    if plan.may_end:
        return None
    open_ones = [h for h in plan.handovers if h.state in ("offered", "received") and h.needed]
    if open_ones:
        return _for_answer(min(open_ones, key=_urgency), case, plan, catalogue)
    unclear = [h for h in plan.handovers if h.receiver_unclear and h.needed and h.state in ("none", "cancelled")]
    if unclear and plan.standing.kim == "active":
        return _for_receiver(unclear[0])
    missing = [h for h in plan.handovers if is_consent_missing(h)]
    if missing and plan.standing.kim == "active":
        return _for_consent(missing[0], plan, catalogue)
    ahead = [d for d in plan.every_deadline if _has_last_day_ahead(d, plan)]
    return _for_deadline(min(ahead, key=lambda d: d.due_on), plan, catalogue) if ahead else None


def timer_name(plan: Plan, now: datetime) -> str:
    """German name of the timer on which the path waits now."""
    if plan.look_again_at is None:
        return "auf Neuigkeiten warten"
    day = german_day(day_at(plan.look_again_at))
    if plan.waiting is None:
        return f"warten bis {day}"
    return f"{plan.waiting.sentence} (nächster Blick am {day})" if plan.look_again_at > now else plan.waiting.sentence


def shown_path(case: Case, plan: Plan, catalogue: Catalogue) -> ShownPath:
    """Search attributes and current details of a path."""
    waits_for = sorted({h.to_kind for h in plan.handovers if h.state in ("offered", "received") and h.needed})
    ahead = [d.due_on for d in plan.every_deadline if _has_last_day_ahead(d, plan)]
    return ShownPath(
        municipality=plan.municipality,
        phase=plan.phase,
        waits_for=tuple(waits_for),
        stalled_since=plan.stalled_since,
        stall_reason=plan.stall_reason or "",
        escalation=plan.level,
        next_deadline=min(ahead, default=None),
        model_version=plan.model_version,
        summary=summary(plan),
        details="\n".join(_details(case, plan, catalogue)),
    )


def summary(plan: Plan) -> str:
    """One line: what the path waits for."""
    if plan.may_end:
        return "Weg beendet"
    return plan.waiting.sentence if plan.waiting else "wartet auf Neuigkeiten"


def agency_title(case: Case, plan: Plan, kind: str, catalogue: Catalogue) -> str:
    """Title of the agency that answers for a kind in the path's place; else the word for the kind."""
    agency = catalogue.agency(case.municipality, kind, plan.place, plan.day)
    return agency.title if agency is not None else catalogue.label(kind)


def _has_last_day_ahead(deadline: PlannedDeadline, plan: Plan) -> bool:
    """While a period stands still, its end is no date to wait for."""
    return deadline.hard is not None and deadline.due_on >= plan.day and deadline.state != "suspended"


# ---------------------------------------------------------------- waiting


def _urgency(handover: PlannedHandover) -> tuple[bool, date]:
    return (not handover.critical, handover.trigger_on)


def _for_answer(handover: PlannedHandover, case: Case, plan: Plan, catalogue: Catalogue) -> Waiting:
    item = case.work.handover(handover.code)
    since = item.offered_on if item is not None and item.offered_on else handover.trigger_on
    until = handover.next_level_on if handover.next_level_on and handover.next_level_on > plan.day else None
    ending = f", bis {german_day(until)}" if until else ""
    return Waiting(
        subject=handover.code,
        from_whom=handover.to_kind,
        since=since,
        until=until,
        sentence=f"auf Annahme {handover.code} durch {catalogue.accusative(handover.to_kind)} warten{ending}",
    )


def _for_receiver(handover: PlannedHandover) -> Waiting:
    since = handover.trigger_on
    sentence = f"auf die Entscheidung warten, wer {handover.code} erhält, seit {german_day(since)}"
    return Waiting(subject=handover.code, from_whom=CASE_MANAGER, since=since, sentence=sentence)


def _for_consent(handover: PlannedHandover, plan: Plan, catalogue: Catalogue) -> Waiting:
    since = max(handover.trigger_on, plan.stalled_since or handover.trigger_on)
    receiver = catalogue.label(handover.to_kind)
    return Waiting(
        subject=handover.code,
        from_whom="client",
        since=since,
        sentence=f"auf Einwilligung für {handover.code} (Empfang: {receiver}) warten, seit {german_day(since)}",
    )


def _for_deadline(deadline: PlannedDeadline, plan: Plan, catalogue: Catalogue) -> Waiting:
    actor = catalogue.label(deadline.who_acts)
    return Waiting(
        subject=deadline.key,
        from_whom=deadline.who_acts,
        since=min(deadline.anchor_on, plan.day),
        until=deadline.due_on,
        sentence=f"{deadline.key} {deadline.title}: {actor}, bis {german_day(deadline.due_on)}",
    )


# ---------------------------------------------------------------- details


def _details(case: Case, plan: Plan, catalogue: Catalogue) -> Iterable[str]:
    phase = catalogue.label(f"phase.{plan.phase}")
    yield f"**{phase}** · Stand {german_day(plan.day)} · Modell {plan.model_version}"
    yield ""
    yield f"**Wartet:** {summary(plan)}"
    if plan.stalled_since is not None and plan.stall_reason is not None:
        reason = catalogue.ladder(plan.day).reasons[plan.stall_reason]
        yield f"**Stockt seit {german_day(plan.stalled_since)}** ({reason}), Stufe {plan.level}"
    yield from _section("Übergaben", [_handover_line(h, case, plan, catalogue) for h in plan.handovers if _is_shown(h)])
    ahead = [deadline for deadline in plan.deadlines if deadline.due_on >= plan.day or deadline.state == "overdue"]
    yield from _section("Fristen und Termine", [_deadline_line(deadline) for deadline in ahead[:_SHOWN_DEADLINES]])
    yield from _section("Haushalt", [_member_line(member, plan, catalogue) for member in plan.members])
    yield from _section("Leistungslücken", [_gap_line(gap) for gap in plan.gaps])
    told = [f"- {fact.title} vom {german_day(fact.on)}" for fact in plan.facts_without_effect]
    yield from _section("Ohne Wirkung", told)
    yield from _section("Hinweise", [_warning_line(key, catalogue) for key in plan.warnings])


def _section(title: str, lines: list[str]) -> Iterable[str]:
    if lines:
        yield from ("", f"### {title}", *lines)


def _is_shown(handover: PlannedHandover) -> bool:
    return handover.state in ("offered", "received", "accepted", "refused") or is_consent_missing(handover)


def _handover_line(handover: PlannedHandover, case: Case, plan: Plan, catalogue: Catalogue) -> str:
    title = agency_title(case, plan, handover.to_kind, catalogue)
    state = catalogue.label(f"handover.{handover.state}")
    line = f"- {handover.code} {handover.title} → {title}: {state}"
    if is_consent_missing(handover):
        missing = ", ".join(catalogue.label(f"category.{category}") for category in handover.missing)
        return f"{line}, Einwilligung fehlt" + (f" ({missing})" if missing else "")
    if handover.latest_on is not None:
        line += f", spätestens {german_day(handover.latest_on)}"
    if handover.next_level_on is not None and handover.next_level != "none":
        line += f", Stufe {handover.level}, {handover.next_level} am {german_day(handover.next_level_on)}"
    return line


def _deadline_line(deadline: PlannedDeadline) -> str:
    if deadline.state == "suspended":
        return f"- {deadline.key} {deadline.title}: gehemmt, noch {deadline.remaining_days} Tage"
    day = german_day(deadline.hard or deadline.earliest)
    word = "frühestens" if deadline.hard is None else "bis"
    safe = f", sicher bis {german_day(deadline.safe)}" if deadline.safe not in (None, deadline.hard) else ""
    late = " **überfällig**" if deadline.state == "overdue" else ""
    return f"- {deadline.key} {deadline.title}: {word} {day}{safe}{late}"


def _member_line(member: MemberPlan, plan: Plan, catalogue: Catalogue) -> str:
    relation = catalogue.label(f"relation.{member.relation}")
    line = f"- {member.code} ({relation})"
    if member.has_own_path:
        return f"{line}: eigener Weg"
    ahead = sorted((d for d in member.deadlines if d.due_on >= plan.day), key=lambda d: d.due_on)
    said = [f"Leistungslücke ab {german_day(gap.starts_on)}" for gap in member.gaps]
    said += [_deadline_line(deadline).removeprefix("- ") for deadline in ahead[:1]]
    return f"{line}: {'; '.join(said)}" if said else line


def _gap_line(gap: Gap) -> str:
    return f"- ab {german_day(gap.starts_on)}" + (f" bis {german_day(gap.ends_on)}" if gap.ends_on else "")


def _warning_line(key: str, catalogue: Catalogue) -> str:
    label = catalogue.label(f"warning.{key}").removeprefix("warning.")
    return f"- {label}"
