"""Properties that hold for any facts: order does not matter, a retraction undoes, nothing leaves without a basis."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from process_models import handover
from process_models.case import Case
from process_models.catalogue import catalogue
from process_models.consent import check_handover
from process_models.errors import KimError
from process_models.facts import Fact, known_on
from process_models.planning import make_plan
from process_models.reconcile import reconcile
from process_models.rules import FactField
from process_models.vocabulary import allowed_values
from tests.unit.recognised import at, case_of, rest

FIRST = date(2021, 1, 4)
LAST = date(2024, 12, 31)
QUICK = settings(max_examples=40, deadline=None)
DAYS = st.dates(FIRST, LAST)
STATES = ("offered", "received", "accepted", "refused", "completed", "cancelled")


def _value(field: FactField) -> st.SearchStrategy[Any]:
    allowed = allowed_values(catalogue(), field)
    match field.type:
        case "date":
            return st.dates(FIRST, LAST + timedelta(days=900))
        case "bool":
            return st.booleans()
        case "int":
            return st.integers(0, 40)
        case "codes":
            return st.lists(st.sampled_from(allowed), max_size=3, unique=True)
        case "pair":
            return st.just(["sozialamt", "jobcenter"])
        case _:
            return st.sampled_from(allowed) if allowed else st.sampled_from(["k1", "k2", "meerbusch"])


@st.composite
def some_fact(draw: st.DrawFn, index: int = 0) -> Fact:
    kinds = [kind for kind in catalogue().fact_kinds.values() if kind.code not in ("fact.retracted", "person.died")]
    kind = draw(st.sampled_from(kinds))
    on = draw(DAYS)
    data = {n: draw(_value(f)) for n, f in kind.fields.items() if f.required or draw(st.booleans())}
    late = draw(st.sampled_from([0, 0, 0, 1, 40]))
    return Fact(f"f{index}", kind.code, on, on + timedelta(days=late), data)


@st.composite
def some_facts(draw: st.DrawFn) -> tuple[Fact, ...]:
    """A file: the usual beginning of a path, and anything that the vocabulary allows."""
    count = draw(st.integers(0, 8))
    return (*BEGINNING, *(draw(some_fact(index)) for index in range(count)))


_STEPS: list[tuple[str, date, dict[str, Any]]] = [
    ("asylum.sought", FIRST, {}),
    ("asylum.lodged", date(2021, 1, 20), {}),
    ("place.assigned", date(2021, 3, 1), {"place": "meerbusch"}),
    ("asylum.decided", date(2022, 2, 11), {"outcome": "refugee"}),
    ("consent.given", date(2022, 2, 14), {"consent": "k1", "purpose": "P1", "form": "written"}),
    (
        "consent.given",
        date(2022, 2, 14),
        {
            "consent": "k2",
            "purpose": "P2",
            "recipient": "jobcenter",
            "categories": ["residence", "benefits", "housing"],
            "form": "written",
        },
    ),
    ("kim.opened", date(2022, 2, 14), {}),
]
BEGINNING = tuple(Fact(f"b{index}", kind, on, on, data) for index, (kind, on, data) in enumerate(_STEPS))


@QUICK
@given(facts=some_facts(), day=DAYS, shuffled=st.randoms(use_true_random=False))
def test_facts_in_any_order_give_the_same_plan(facts: tuple[Fact, ...], day: date, shuffled: Any) -> None:
    mixed = list(facts)
    shuffled.shuffle(mixed)
    now = at(day)
    assert make_plan(case_of(mixed), now, catalogue()) == make_plan(case_of(facts), now, catalogue())


@QUICK
@given(facts=some_facts(), day=DAYS, data=st.data())
def test_retracting_a_fact_equals_never_having_recorded_it(facts: tuple[Fact, ...], day: date, data: Any) -> None:
    wrong = data.draw(st.sampled_from(facts))
    taken_back = Fact("r", "fact.retracted", day, day, {"fact": wrong.id})
    without = [fact for fact in facts if fact.id != wrong.id]
    now = at(day)
    assert make_plan(case_of((*facts, taken_back)), now, catalogue()) == make_plan(case_of(without), now, catalogue())


@QUICK
@given(facts=some_facts(), day=DAYS)
def test_reconciling_twice_does_nothing_the_second_time(facts: tuple[Fact, ...], day: date) -> None:
    case, _ = rest(case_of(facts), at(day))
    assert reconcile(case, make_plan(case, at(day), catalogue()), at(day), catalogue()) == ()


@QUICK
@given(facts=some_facts(), days=st.lists(DAYS, min_size=1, max_size=8), data=st.data())
def test_no_handover_is_accepted_without_consent_or_statute(
    facts: tuple[Fact, ...], days: list[date], data: Any
) -> None:
    case = case_of(facts)
    for day in sorted(days):
        case, _ = rest(case, at(day))
        known = known_on(case.facts, day)
        for item in case.work.handovers:
            case = _answer(case, item, day, data)
            now = next(i for i in case.work.handovers if (i.code, i.trigger_on) == (item.code, item.trigger_on))
            if now.accepted_on == day:
                rule = catalogue().handover(item.code, item.trigger_on)
                assert rule is not None
                assert check_handover(catalogue(), known, rule, day).allowed


def _answer(case: Case, item: Any, day: date, data: Any) -> Case:
    answer = data.draw(st.sampled_from([handover.receive, handover.accept, handover.complete, handover.cancel]))
    try:
        return replace(case, work=case.work.with_handover(answer(item, day)))
    except KimError:
        return case


@QUICK
@given(facts=some_facts(), day=DAYS)
def test_any_file_gives_a_plan_that_looks_ahead(facts: tuple[Fact, ...], day: date) -> None:
    plan = make_plan(case_of(facts), at(day), catalogue())
    assert plan.look_again_at is None or plan.look_again_at > at(day)
    assert plan.day == day
    assert all(planned.state in (*STATES, "none") for planned in plan.handovers)
