"""Suspension and extension: the end really moves, by exactly the days that passed, and the explanation says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from process_models.calendars import is_legal_working_day
from process_models.catalogue import catalogue
from process_models.deadline_moves import EXTENDED, RESUMED, SUSPENDED, DeadlineFixed, Mover, check_move
from process_models.deadline_rules import DeadlineRule, MoveBasis
from process_models.deadlines import Beginning, compute, counted
from process_models.facts import Fact
from process_models.messages import Remind
from process_models.plan import PlannedDeadline
from tests.unit.recognised import IN_CARE, SGB_II, at, case_of, fact, plan_on, rest
from tests.unit.test_deadline_kinds import rule

LETTER = fact("notice.served", date(2023, 3, 6), id_="n1", from_="wohngeldstelle", subject="x", until=date(2023, 3, 28))
CARE = (*IN_CARE, SGB_II)
DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2040, 12, 31))
QUICK = settings(max_examples=150, deadline=None)
MAY = MoveBasis(statute="§ 1 Probe")


def suspended(on: date, **data: Any) -> Fact:
    return fact(SUSPENDED, on, deadline="F35", reason="sehr privat", **data)


def resumed(on: date) -> Fact:
    return fact(RESUMED, on, deadline="F35")


def extended(on: date, until: date, **data: Any) -> Fact:
    return fact(EXTENDED, on, id_=f"e{until}", deadline="F35", until=until, reason="sehr privat", **data)


def letter_on(day: date, *moves: Fact, letters: Sequence[Fact] = (LETTER,)) -> PlannedDeadline:
    (found,) = (planned for planned in plan_on((*CARE, *letters, *moves), day).deadlines if planned.code == "F35")
    return found


def texts(planned: PlannedDeadline) -> list[str]:
    return [step.text for step in planned.steps]


# ---------------------------------------------------------------- suspension


def test_a_suspended_period_stands_still_with_the_days_that_are_left() -> None:
    found = letter_on(date(2023, 3, 20), suspended(date(2023, 3, 20)))
    assert (found.state, found.remaining_days, found.hard) == ("suspended", 8, date(2023, 3, 28))


def test_while_it_stands_still_its_end_moves_on_day_by_day() -> None:
    days = [date(2023, 3, 22), date(2023, 3, 29), date(2023, 5, 3)]
    found = [letter_on(day, suspended(date(2023, 3, 20))) for day in days]
    assert [one.hard for one in found] == [date(2023, 3, 30), date(2023, 4, 6), date(2023, 5, 11)]
    assert {(one.state, one.remaining_days, one.reminders) for one in found} == {("suspended", 8, ())}


def test_after_it_runs_on_it_ends_the_remaining_days_later() -> None:
    found = letter_on(date(2023, 5, 2), suspended(date(2023, 3, 20)), resumed(date(2023, 4, 24)))
    assert (found.state, found.hard, found.remaining_days) == ("running", date(2023, 5, 2), None)
    assert found.reminders == (date(2023, 4, 25), date(2023, 4, 30))


def test_a_moved_frist_still_rolls_to_a_working_day() -> None:
    found = letter_on(date(2023, 4, 3), suspended(date(2023, 3, 20)), resumed(date(2023, 3, 30)))
    assert found.hard == date(2023, 4, 11), "ten days later is Karfreitag"
    assert any(text.startswith("Karfreitag") for text in texts(found))


def test_a_suspension_is_explained_with_its_ground_and_its_basis_but_never_with_free_text() -> None:
    moves = (suspended(date(2023, 3, 20), ground="illness"), resumed(date(2023, 3, 23)))
    said = texts(letter_on(date(2023, 3, 23), *moves))
    basis = "(§ 31 Abs. 7 VwVfG; § 26 Abs. 7 SGB X)"
    assert f"Gehemmt ab Montag, 20.03.2023, Grund: Krankheit {basis}: noch 8 Tage" in said
    assert "Läuft weiter ab Donnerstag, 23.03.2023: 3 Tage angehängt" in said
    assert said[-1] == "Letzter Tag: Freitag, 31.03.2023"
    assert "sehr privat" not in "".join(said)


def test_a_suspension_that_lasts_says_what_would_be_if_it_ended() -> None:
    said = texts(letter_on(date(2023, 3, 22), suspended(date(2023, 3, 20))))
    assert said[-1] == (
        "Die Hemmung dauert an; liefe die Frist ab 22.03.2023 weiter, endete sie am Donnerstag, 30.03.2023"
    )


def test_nobody_is_reminded_of_a_period_that_stands_still_and_nothing_is_missed() -> None:
    case = case_of((*CARE, LETTER, suspended(date(2023, 3, 20))))
    for number in range(30):
        case, done = rest(case, at(date(2023, 3, 20) + timedelta(days=number), 9))
        assert [a for a in done if isinstance(a, Remind) and a.subject == "F35"] == []
    still = (LETTER, suspended(date(2023, 3, 20)))
    with_it, without = (plan_on((*CARE, *more), date(2023, 4, 18)) for more in (still, ()))
    assert with_it.warnings == without.warnings
    assert with_it.waiting == without.waiting
    assert with_it.look_again_at == without.look_again_at


def test_once_it_runs_on_it_is_reminded_of_anew() -> None:
    case = case_of((*CARE, LETTER, suspended(date(2023, 3, 20)), resumed(date(2023, 4, 24))))
    told: list[date] = []
    for number in range(60):
        day = date(2023, 3, 20) + timedelta(days=number)
        case, done = rest(case, at(day, 9))
        told += [day for a in done if isinstance(a, Remind) and a.subject == "F35"]
    assert told == [date(2023, 4, 25), date(2023, 4, 30)]


def test_a_suspension_after_the_last_day_changes_nothing() -> None:
    late = suspended(date(2023, 3, 29))
    assert not [d for d in plan_on((*CARE, LETTER, late), date(2023, 3, 29)).deadlines if d.code == "F35"]


def test_a_second_suspension_counts_from_where_the_first_left_off() -> None:
    moves = (suspended(date(2023, 3, 20)), resumed(date(2023, 3, 22)), suspended(date(2023, 3, 24)))
    found = letter_on(date(2023, 3, 27), *moves)
    assert (found.remaining_days, found.hard) == (6, date(2023, 4, 3)), "30.03. and three days are a Sunday"


@QUICK
@given(
    event=DAYS,
    length=st.sampled_from(["P2W", "P1M", "P3M", "P90D"]),
    kind=st.sampled_from(["FRIST", "EXPIRY", "WAIT"]),
    after=st.integers(0, 13),
    stood=st.integers(0, 400),
)
def test_a_suspension_moves_the_end_by_exactly_the_days_it_lasted(
    event: date, length: str, kind: str, after: int, stood: int
) -> None:
    one = a_rule(kind, length)
    since = event + timedelta(days=after)
    assume(kind != "WAIT" or counted(one, Beginning(event))[0] > since)
    told = [move(SUSPENDED, since), move(RESUMED, since + timedelta(days=stood))]
    unmoved, _ = counted(one, Beginning(event))
    end = follow(one, event, told)
    assert end >= unmoved + timedelta(days=stood)
    if kind == "FRIST":
        assert is_legal_working_day(end, "NW")
        skipped = (end - unmoved).days - stood
        assert not any(is_legal_working_day(end - timedelta(days=n), "NW") for n in range(1, skipped + 1))
    else:
        assert end == unmoved + timedelta(days=stood)


@QUICK
@given(event=DAYS, after=st.integers(0, 13), lasting=st.integers(0, 400))
def test_while_a_suspension_lasts_the_end_is_where_it_would_be_if_it_ended_today(
    event: date, after: int, lasting: int
) -> None:
    one, since = a_rule("FRIST", "P2W"), event + timedelta(days=after)
    today = since + timedelta(days=lasting)
    still = Mover(one, today, str).moved(Beginning(event), None, [move(SUSPENDED, since)])
    assert still is not None
    assert still.end == follow(one, event, [move(SUSPENDED, since), move(RESUMED, today)])
    assert still.remaining_days == (counted(one, Beginning(event))[0] - since).days


# ---------------------------------------------------------------- extension


@QUICK
@given(event=DAYS, later=st.integers(-60, 400), shortens=st.booleans())
def test_an_extension_never_shortens_unless_the_agency_says_so(event: date, later: int, shortens: bool) -> None:
    one = a_rule("FRIST", "P1M")
    unmoved = follow(one, event, [])
    until = counted(one, Beginning(event))[0] + timedelta(days=later)
    end = follow(one, event, [move(EXTENDED, event, until=until, shortens=shortens)])
    assert is_legal_working_day(end, "NW")
    assert end >= unmoved or shortens
    assert end >= until or (not shortens and later < 0)


def test_an_extension_rolls_and_is_explained() -> None:
    found = letter_on(date(2023, 3, 20), extended(date(2023, 3, 20), date(2023, 4, 8), ground="documents_missing"))
    assert found.hard == date(2023, 4, 11), "Karsamstag, Ostern"
    assert (
        "Verlängert bis Samstag, 08.04.2023, Grund: Unterlagen fehlen (§ 31 Abs. 7 VwVfG; § 26 Abs. 7 SGB X)"
        in texts(found)
    )
    assert found.reminders == (date(2023, 4, 4), date(2023, 4, 9))


def test_an_agency_may_extend_its_own_period_after_it_has_ended() -> None:
    assert letter_on(date(2023, 4, 5), extended(date(2023, 4, 5), date(2023, 4, 28))).hard == date(2023, 4, 28)


def test_a_period_may_be_extended_again_and_again_but_that_of_the_recognition_only_once() -> None:
    assert rule("F35").extendable == MoveBasis(statute="§ 31 Abs. 7 VwVfG; § 26 Abs. 7 SGB X")
    recognition = rule("F38b")
    assert recognition.extendable is not None
    assert recognition.extendable.once
    told = [move(EXTENDED, date(2024, 8, 1), until=until) for until in (date(2024, 12, 3), date(2025, 3, 3))]
    assert follow(recognition, date(2024, 6, 3), told) == date(2024, 12, 3)


def test_an_extension_during_a_suspension_counts_from_the_day_on_which_it_was_given() -> None:
    moves = (suspended(date(2023, 3, 20)), extended(date(2023, 3, 24), date(2023, 4, 20)), resumed(date(2023, 3, 31)))
    assert letter_on(date(2023, 3, 31), *moves).hard == date(2023, 4, 27)


def test_a_move_without_a_start_is_about_the_letter_that_came_last() -> None:
    until = {"until": date(2023, 3, 31)}
    second = replace(LETTER, id="n2", on=date(2023, 3, 13), recorded=date(2023, 3, 13), data={**LETTER.data, **until})
    longer = extended(date(2023, 3, 20), date(2023, 4, 28))
    named = extended(date(2023, 3, 20), date(2023, 4, 21), start="n1")
    ends = {}
    for told in (longer, named):
        plan = plan_on((*CARE, LETTER, second, told), date(2023, 3, 20))
        ends[told.id] = {(d.anchor_on, d.hard) for d in plan.deadlines if d.code == "F35"}
    assert ends[longer.id] == {(date(2023, 3, 28), date(2023, 3, 28)), (date(2023, 3, 31), date(2023, 4, 28))}
    assert ends[named.id] == {(date(2023, 3, 28), date(2023, 4, 21)), (date(2023, 3, 31), date(2023, 3, 31))}


def test_a_move_that_names_an_unknown_start_moves_nothing() -> None:
    assert letter_on(date(2023, 3, 20), extended(date(2023, 3, 20), date(2023, 4, 28), start="zz")).hard == date(
        2023, 3, 28
    )


def test_a_suspension_that_the_law_knows_once_counts_once() -> None:
    one = a_rule("FRIST", "P1M").model_copy(update={"suspendable": MoveBasis(statute="§ 1", once=True)})
    first = [move(SUSPENDED, date(2025, 1, 8)), move(RESUMED, date(2025, 1, 10))]
    second = [move(SUSPENDED, date(2025, 1, 14)), move(RESUMED, date(2025, 1, 20))]
    assert follow(one, date(2025, 1, 7), first) == date(2025, 2, 10), "07.02. and two days are a Sunday"
    assert follow(one, date(2025, 1, 7), [*first, *second]) == date(2025, 2, 10)


def test_what_does_not_stand_still_cannot_run_on() -> None:
    assert letter_on(date(2023, 3, 20), resumed(date(2023, 3, 20))).hard == date(2023, 3, 28)
    assert letter_on(
        date(2023, 3, 24), suspended(date(2023, 3, 20)), resumed(date(2023, 3, 22)), resumed(date(2023, 3, 24))
    ).hard == date(2023, 3, 30)


def test_a_safe_day_moves_with_its_period_and_is_gone_once_an_agency_has_named_the_day() -> None:
    one, event = a_rule("FRIST", "P1M"), date(2025, 3, 10)
    stood = [move(SUSPENDED, date(2025, 3, 17)), move(RESUMED, date(2025, 3, 24))]
    moved = Mover(one, date(2025, 3, 24), str).moved(Beginning(event), date(2025, 4, 7), stood)
    assert moved is not None
    assert (moved.end, moved.safe) == (date(2025, 4, 17), date(2025, 4, 14))
    assert moved.steps[-1].text == "Sicherer Tag, um dieselben Tage verschoben: Montag, 14.04.2025"
    longer = move(EXTENDED, date(2025, 3, 25), until=date(2025, 5, 5))
    moved = Mover(one, date(2025, 3, 25), str).moved(Beginning(event), date(2025, 4, 7), [*stood, longer])
    assert moved is not None
    assert (moved.end, moved.safe) == (date(2025, 5, 5), None)


def test_a_period_that_an_agency_may_only_extend_is_extended() -> None:
    assert rule("F07", "rejected").suspendable is None
    told = [move(EXTENDED, date(2025, 10, 6), until=date(2025, 11, 1))]
    assert follow(rule("F07", "rejected"), date(2025, 9, 16), told) == date(2025, 11, 3)


# ---------------------------------------------------------------- what does not move


def test_nobody_extends_a_statutory_period_and_the_plan_shows_its_own_day() -> None:
    notice = fact("notice.served", date(2023, 3, 6), id_="n1", from_="abh", subject="x")
    longer = fact(EXTENDED, date(2023, 3, 20), deadline="F08", until=date(2023, 5, 31), reason="x")
    still = fact(SUSPENDED, date(2023, 3, 20), deadline="F08", reason="x")
    for told in (longer, still):
        (found,) = (d for d in plan_on((*CARE, notice, told), date(2023, 3, 21)).deadlines if d.code == "F08")
        assert (found.hard, found.state) == (date(2023, 4, 6), "running")


@pytest.mark.parametrize("one", [one for one in catalogue().deadlines if one.release.state == "released"])
def test_what_a_rule_does_not_allow_never_moves(one: DeadlineRule) -> None:
    event = date(2025, 1, 15)
    fixed = one.model_copy(update={"extendable": None, "suspendable": None})
    told = [move(SUSPENDED, event), move(EXTENDED, event, until=date(2027, 1, 15))]
    assert Mover(fixed, date(2025, 2, 1), str).moved(Beginning(event), None, told) is None


@pytest.mark.parametrize(
    ("kind", "code", "allowed"),
    [
        (EXTENDED, "F01", "F35"),
        (EXTENDED, "F08", "F07"),
        (SUSPENDED, "F09", "F38b"),
        (RESUMED, "F17", "F38b"),
        ("deadline.obstacle_ended", "F35", "F08"),
    ],
)
def test_recording_a_move_that_the_law_does_not_know_is_refused_with_the_way_out(
    kind: str, code: str, allowed: str
) -> None:
    with pytest.raises(DeadlineFixed) as refused:
        check_move(catalogue(), kind, date(2025, 3, 3), {"deadline": code})
    assert allowed in refused.value.allowed
    assert code not in refused.value.allowed
    assert refused.value.way_out
    assert refused.value.field == "data.deadline"


@pytest.mark.parametrize(("kind", "code"), [(EXTENDED, "F35"), (SUSPENDED, "F38b"), ("asylum.heard", "F01")])
def test_what_the_law_knows_may_be_recorded(kind: str, code: str) -> None:
    check_move(catalogue(), kind, date(2025, 3, 3), {"deadline": code})


# ---------------------------------------------------------------- by hand


def a_rule(kind: str, length: str) -> DeadlineRule:
    given_ = {"code": "X1", "title": "Probe", "statute": "§ 1", "evidence": "P", "kind": kind, "length": length}
    return DeadlineRule.model_validate(given_ | {"anchor": {}, "extendable": MAY, "suspendable": MAY})


def move(kind: str, on: date, **data: Any) -> Fact:
    return Fact(f"{kind}-{on}", kind, on, on, {"deadline": "X1", **data})


def follow(one: DeadlineRule, event: date, told: Sequence[Fact]) -> date:
    """Where a rule's end is on the last day of these moves."""
    today = max((fact.on for fact in told), default=event)
    moved = Mover(one, today, str).moved(Beginning(event), None, told)
    return moved.end if moved is not None else compute(one, event).due_on
