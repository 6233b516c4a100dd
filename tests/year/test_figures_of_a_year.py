"""Board, workload and review of a simulated year against figures that are counted anew, and attacks on small counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from api.reads_board import read_board
from api.reads_posts import read_workload
from api.reads_review import WantedReview, read_review
from process_models.interface_review import Duration, InterfaceFigures
from process_models.small_cells import Told
from tests.year.conftest import Readers
from tests.year.counted_anew import (
    SMALL,
    Interface,
    PlayedYear,
    add_working_days,
    at_rank,
    by_quarter,
    told_over_a_year,
    working_days,
)

TENANTS = ("rhein-kreis-neuss", "muenster", "hochsauerlandkreis")
LAST_DAY = date(2026, 12, 31)
EVENING = datetime(2026, 12, 31, 18, tzinfo=UTC)
QUARTER_ENDS = (date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1), date(2027, 1, 4))

pytestmark = pytest.mark.parametrize("tenant", TENANTS)


async def _figures(readers: Readers, tenant: str, day: date = QUARTER_ENDS[-1]) -> dict[Interface, InterfaceFigures]:
    now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    seen = await read_review(readers.tools(now), readers.coordinator(tenant), WantedReview(year=2026))
    lines = (line.figures for line in seen.lines)
    return {(one.interface.code, one.interface.from_kind, one.interface.to_kind): one for one in lines}


# ---------------------------------------------------------------- the review


async def test_the_review_has_every_interface_at_which_something_happened(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    assert set(await _figures(readers, tenant)) == set(played.interfaces(tenant))


async def test_the_review_counts_what_agencies_did(played: PlayedYear, readers: Readers, tenant: str) -> None:
    anew = played.interfaces(tenant)
    for interface, shown in (await _figures(readers, tenant)).items():
        counts = anew[interface]
        _same(shown.offers, counts.offers, (tenant, interface, "offers"))
        _same(shown.refused, counts.refused, (tenant, interface, "refused"))
        for step in ("receive", "accept", "complete"):
            _same_duration(getattr(shown, step), getattr(counts, step), (tenant, interface, step))
        _same(shown.gaps, [day for day, _ in counts.gaps], (tenant, interface, "gaps"))


async def test_the_review_counts_reasons_and_steps_of_the_ladder(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    anew = played.interfaces(tenant)
    for interface, shown in (await _figures(readers, tenant)).items():
        counts = anew[interface]
        assert set(shown.stalls) == set(counts.stalls)
        for reason, days in counts.stalls.items():
            _same(shown.stalls[reason], days, (tenant, interface, reason))
        for level in ("E1", "E2"):
            told = shown.escalations.get(level, Told(0, 0))
            assert told is not None
            assert told.least <= counts.levels[level] <= told.most, (tenant, interface, level)


def _same(told: Told | None, days: Sequence[date], about: object) -> None:
    """What is told is what may be told of these quarters, and holds the true count."""
    assert told is not None
    assert (told.least, told.most) == told_over_a_year(by_quarter(days)), about
    assert told.least <= len(days) <= told.most, about


def _same_duration(shown: Duration, values: Sequence[tuple[date, int]], about: object) -> None:
    _same(shown.count, [day for day, _ in values], about)
    took = [days for _, days in values]
    if shown.median is not None:
        assert len(took) >= SMALL, about
        assert shown.median == at_rank(took, 0.5), about
    if shown.p90 is not None:
        assert len(took) >= 2 * SMALL, about
        assert shown.p90 == at_rank(took, 0.9), about
    if len(took) >= 2 * SMALL + 3:  # so many are told whatever lies in which quarter
        assert shown.median is not None, about


# ---------------------------------------------------------------- small counts


async def test_nobody_finds_out_a_small_count_by_keeping_what_was_shown_in_every_quarter(
    readers: Readers, tenant: str
) -> None:
    shown = [await _figures(readers, tenant, day) for day in QUARTER_ENDS]
    for interface in shown[-1]:
        for name, counts in _told_over_time([one.get(interface) for one in shown]).items():
            exact = [told for told in counts if told.exact is not None]
            for before, after in zip([Told(0, 0), *exact], exact, strict=False):
                assert after.least - before.least not in range(1, SMALL), (tenant, interface, name)
            for told in counts:
                assert told.exact is not None or told.most - told.least >= SMALL - 2, (tenant, interface, name)


def _told_over_time(figures: Sequence[InterfaceFigures | None]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = defaultdict(list)
    for one in filter(None, figures):
        lists = {"offers": one.offers, "refused": one.refused, "gaps": one.gaps, **one.stalls, **one.escalations}
        lists |= {step: getattr(one, step).count for step in ("receive", "accept", "complete")}
        for name, told in lists.items():
            if told is not None:
                found[name].append(told)
    return found


async def test_no_point_of_a_trend_stands_for_one_to_four_paths(readers: Readers, tenant: str) -> None:
    for figures in (await _figures(readers, tenant)).values():
        for point in (*figures.offered, *figures.answered):
            assert point.count.exact is None or point.count.exact not in range(1, SMALL)
            assert point.median is None or point.count.least >= SMALL


# ---------------------------------------------------------------- the board


async def test_the_board_shows_what_stalls_on_the_last_day(played: PlayedYear, readers: Readers, tenant: str) -> None:
    board = await read_board(readers.tools(EVENING), readers.coordinator(tenant))
    days: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in played.stuck(tenant):
        since = date.fromisoformat(row["since"])
        days[row["handover"], row["to_agency"] or ""].append(working_days(since, LAST_DAY, tenant))
    assert board.total == sum(map(len, days.values()))
    shown = {(line.handover, line.agency): (line.count, line.median, line.worst) for line in board.lines}
    assert shown == {about: (len(each), at_rank(each, 0.5), max(each)) for about, each in days.items()}


async def test_whatever_lies_unanswered_for_two_weeks_is_on_the_board_and_nothing_else(
    played: PlayedYear, tenant: str
) -> None:
    stuck = {(row["path_id"], row["handover"]): date.fromisoformat(row["since"]) for row in played.stuck(tenant)}
    offered: dict[tuple[str, str], date] = {}
    for row in played.waiting(tenant):
        about, day = (row["path_id"], row["code"].split(".")[0]), date.fromisoformat(row["offered_on"])
        offered[about] = min(day, offered.get(about, day))
    for about, day in offered.items():
        if working_days(day, LAST_DAY, tenant) > 10:
            assert about in stuck
    for about, since in stuck.items():
        assert since in {add_working_days(offered[about], days, tenant) for days in (1, 3, 10)}, about


async def test_the_workload_is_how_many_open_paths_each_case_manager_began_or_was_given(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    numbers, owners = played.number_of(tenant), played.owners(tenant)
    open_paths = played.rows("SELECT id, current_place FROM path WHERE tenant_id = ? AND state = 'open'", tenant)
    counted = Counter(owners.get(numbers[row["id"]], "") for row in open_paths)
    places = Counter(row["current_place"] for row in open_paths)
    workload = await read_workload(readers.tools(EVENING), readers.coordinator(tenant))
    by_person = {line.name: line.load.open for line in workload.lines if line.name and line.load.open}
    assert workload.unassigned == counted.pop("", 0)
    assert by_person == counted
    assert {line.place: line.load.open for line in workload.places if line.load.open} == places


# ---------------------------------------------------------------- what the invented people did


def test_nothing_that_people_did_was_refused_without_a_reason(played: PlayedYear, tenant: str) -> None:
    refused = {line["refused"] for line in played.lines if line["tenant"] == tenant and line["refused"]}
    assert refused <= {"ConsentMissing", "PathEnded", "HandoverNotPossible"}


def test_case_managers_came_left_were_away_and_did_not_keep_paths_they_must_not_have(
    played: PlayedYear, tenant: str
) -> None:
    taken, left, away = (played.done(tenant, what) for what in ("post_taken", "post_left", "away"))
    assert len(taken) > len(left) == 1
    assert len({line["who"] for line in away}) > 1
    for conflict in played.done(tenant, "conflict"):
        had = [one for one in played.done(tenant, "started", "given") if one["path"] == conflict["path"]]
        before, after = had[0]["who"], [one["who"] for one in had[1:]]
        assert after
        assert before not in after
    [gone] = left
    later = [line for line in played.done(tenant, "started", "given") if line["on"] > gone["on"]]
    assert gone["who"] not in {line["who"] for line in later}


def test_needs_are_recorded_referred_met_and_lacking_as_the_people_said(played: PlayedYear, tenant: str) -> None:
    for what, state in (("need_met", "met"), ("need_unmet", "unmet")):
        rows = played.rows("SELECT kind, reason FROM need WHERE tenant_id = ? AND state = ?", tenant, state)
        assert Counter(map(tuple, rows)) == Counter((one["code"], one["reason"]) for one in played.done(tenant, what))
    recorded = Counter(one["code"] for one in played.done(tenant, "need_recorded"))
    assert Counter(row["kind"] for row in played.rows("SELECT kind FROM need WHERE tenant_id = ?", tenant)) == recorded


def test_owners_of_offers_were_asked_by_mail_and_answered_through_its_link(played: PlayedYear, tenant: str) -> None:
    asked = played.rows(
        "SELECT u.answer FROM offer_upkeep u JOIN offer o ON o.id = u.offer_id WHERE o.tenant_id = ?", tenant
    )
    said = Counter(
        line["what"].removeprefix("owner_") for line in played.done(tenant, "owner_confirmed", "owner_ended")
    )
    assert len(asked) >= len(played.done(tenant, "offer_added")) - 2
    assert Counter(row["answer"] for row in asked if row["answer"]) == said


def test_a_lack_that_repeats_became_an_item_of_the_body_for_the_procedure(played: PlayedYear, tenant: str) -> None:
    items = played.rows(
        "SELECT handover, reason, raised_on FROM body_item WHERE cause = 'unmet_needs' AND tenant_id = ?", tenant
    )
    for item in items:
        lacks = {
            line["path"]
            for line in played.done(tenant, "need_unmet")
            if (f"need.{line['code']}", f"unmet.{line['reason']}") == (item["handover"], item["reason"])
            and line["on"].isoformat() <= item["raised_on"]
        }
        assert len(lacks) >= SMALL


def test_every_offer_that_reached_its_agency_was_answered_taken_back_or_waits(played: PlayedYear, tenant: str) -> None:
    read = {(one["path"], one["code"], one["since"]) for one in played.done(tenant, "offered")}
    answered = {
        (one["path"], one["code"], one["since"]) for one in played.done(tenant, "receive", "query", "accept", "refuse")
    }
    assert read
    assert answered <= read
