"""The yearly figures of a simulated year against figures that are counted anew, and attacks on small counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

import pytest

from api.reads_figures import YearlySeen, read_yearly
from process_models.small_cells import Told
from process_models.yearly import YearlyFigure
from tests.year.conftest import Readers
from tests.year.counted_anew import SMALL, PlayedYear, at_rank, by_quarter, told_over_a_year

TENANTS = ("rhein-kreis-neuss", "muenster", "hochsauerlandkreis")
ACCOMPANIED = "kim.opened"
NATURALISED = "naturalisation.certificate_handed_over"

pytestmark = pytest.mark.parametrize("tenant", TENANTS)


async def _seen(readers: Readers, tenant: str) -> YearlySeen:
    return await read_yearly(readers.tools(), readers.coordinator(tenant), 2026)


def _figures(seen: YearlySeen) -> dict[tuple[str, str], YearlyFigure]:
    return {(one.figure.code, one.figure.key): one.figure for one in seen.figures}


async def test_who_came_was_accompanied_and_naturalised_is_counted_from_what_was_done(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    shown = _figures(await _seen(readers, tenant))
    accompanied = {line["path"] for line in played.done(tenant, ACCOMPANIED)}
    naturalised = {line["path"] for line in played.done(tenant, NATURALISED)}
    _is(shown["opened", ""], len(played.done(tenant, "started")))
    _is(shown["begun", ""], len(accompanied))
    _is(shown["ended", ""], len(accompanied & naturalised))
    _is(shown["naturalised", ""], len(naturalised))
    _holds(shown["load", ""].told, len(accompanied - naturalised))


async def test_titles_are_counted_from_what_became_known_while_somebody_was_accompanied(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    shown = _figures(await _seen(readers, tenant))
    kinds = {line["path"]: line["detail"] for line in played.done(tenant, "started")}
    begun = {line["path"]: line["on"] for line in played.done(tenant, ACCOMPANIED)}
    issued = Counter(
        kinds[line["path"]]
        for line in played.done(tenant, "residence.title_issued")
        if line["on"] > begun.get(line["path"], date.max)
    )
    _is(shown["titles", ""], issued["protected"] + issued["tolerated"])
    _is(shown["renewals", ""], issued["prolonging"])


async def test_meetings_items_and_decisions_are_those_of_the_bodies(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    shown = _figures(await _seen(readers, tenant))
    asked = {
        "meetings": "SELECT body, count(*) FROM meeting WHERE tenant_id = ? AND state = 'held' GROUP BY body",
        "items": "SELECT body, count(*) FROM body_item WHERE tenant_id = ? GROUP BY body",
        "decisions": "SELECT body, count(*) FROM resolution WHERE tenant_id = ? AND decision = 'adopt' GROUP BY body",
    }
    for code, query in asked.items():
        counted = dict(map(tuple, played.rows(query, tenant)))
        for body in ("fall", "verfahren", "lenkung"):
            figure = shown.get((code, body))
            assert (figure.told.exact if figure and figure.told else 0) == counted.get(body, 0), (code, body)
    decided = len(played.done(tenant, "decided_adopt"))
    assert sum(f.told.exact or 0 for (code, _), f in shown.items() if code == "decisions" and f.told) == decided


async def test_handovers_are_the_sum_of_what_may_be_told_of_each_interface(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    shown = _figures(await _seen(readers, tenant))
    anew = played.interfaces(tenant).values()
    lists = {
        "offered": [counts.offers for counts in anew],
        "accepted": [[day for day, _ in counts.accept] for counts in anew],
        "completed": [[day for day, _ in counts.complete] for counts in anew],
    }
    for code, days in lists.items():
        told = [told_over_a_year(by_quarter(each)) for each in days]
        figure = shown[code, ""].told
        assert figure is not None
        assert (figure.least, figure.most) == (sum(one for one, _ in told), sum(one for _, one in told)), code
        _holds(figure, sum(map(len, days)))


async def test_changes_of_framework_and_screenings_are_those_that_were_logged(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    shown = _figures(await _seen(readers, tenant))
    frameworks = {key: figure for (code, key), figure in shown.items() if code == "frameworks"}
    rows = played.rows(
        "SELECT code, reason, days FROM path_event WHERE tenant_id = ? AND activity = 'framework_entered'", tenant
    )
    days: dict[str, list[int]] = {}
    for row in rows:
        days.setdefault(f"{row['reason']}>{row['code']}", []).append(row["days"])
    assert {key for key in frameworks if key.endswith(">B05")} == {key for key in days if key.endswith(">B05")}
    for key, figure in frameworks.items():
        if key in days:
            _is(figure, len(days[key]))
            known = [one for one in days[key] if one is not None]
            median = shown["framework_days", key].value
            assert median == (at_rank(known, 0.5) if len(known) >= SMALL else None), key


async def test_no_place_tells_a_small_count_and_none_can_be_found_by_subtracting(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    shown = _figures(await _seen(readers, tenant))
    started = played.rows("SELECT place, count(*) FROM path WHERE tenant_id = ? GROUP BY place", tenant)
    true = dict(map(tuple, started))
    opened = shown["opened", ""]
    assert {place: told.exact for place, told in opened.places.items() if told is not None} == {
        place: true.get(place, 0) for place, told in opened.places.items() if told is not None
    }
    for code in ("opened", "begun", "ended", "titles", "renewals", "naturalised"):
        _cannot_be_subtracted(shown[code, ""], (tenant, code))


HAPPENED = {
    "offered": ("handover_offered", "handover_forwarded"),
    "accepted": ("handover_accepted",),
    "completed": ("handover_completed",),
    "gaps": ("gap_ended",),
}


async def test_handovers_and_gaps_of_a_place_lie_within_what_is_told_of_it(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    shown = _figures(await _seen(readers, tenant))
    for code, activities in HAPPENED.items():
        true = played.at_places(tenant, *activities)
        places = shown[code, ""].places
        assert set(true) <= set(places), code
        for place, told in places.items():
            _holds(told, true[place])
            assert told is None or told.exact not in range(1, SMALL), (code, place)


async def test_needs_are_counted_by_kind_and_only_lacks_of_what_is_offered_are_unmet(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    shown = _figures(await _seen(readers, tenant))
    for code, what in (("needs", "need_recorded"), ("needs_met", "need_met"), ("unmet", "need_unmet")):
        lines = [one for one in played.done(tenant, what) if one["reason"] != "declined"]
        true = Counter(line["code"] for line in lines)
        told = {kind: figure.told for (figure_code, kind), figure in shown.items() if figure_code == code}
        assert set(told) == set(true), code
        for kind, count in told.items():
            assert count is None or count.exact == true[kind] >= SMALL, (code, kind)
        if all(count >= SMALL for count in true.values()) and code != "unmet":
            assert None not in told.values(), code


async def test_offers_are_those_that_came_into_the_register_and_ended(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    shown = _figures(await _seen(readers, tenant))
    added = Counter(line["code"] for line in played.done(tenant, "offer_added"))
    over = {(line["code"], line["detail"]) for line in played.done(tenant, "offer_ended", "owner_ended")}
    ended = Counter(code for code, _title in over)  # the office may end what its owner has ended
    for code, true in (("offers_added", added), ("offers_ended", ended), ("offers", added - ended)):
        told = {kind: figure.told for (figure_code, kind), figure in shown.items() if figure_code == code}
        assert {kind: count.exact for kind, count in told.items() if count} == true, code


async def test_the_case_load_of_each_place_of_work_adds_up_and_tells_no_small_count(
    played: PlayedYear, readers: Readers, tenant: str
) -> None:
    shown = _figures(await _seen(readers, tenant))
    owners, workplaces = played.owners(tenant), played.workplaces(tenant, date(2026, 12, 31))
    begun = {line["path"] for line in played.done(tenant, ACCOMPANIED)}
    accompanied = begun - {line["path"] for line in played.done(tenant, NATURALISED)}
    true = Counter(workplaces.get(owners.get(path, ""), "") for path in accompanied)
    told = {key: figure.told for (code, key), figure in shown.items() if code == "caseload"}
    load, each = shown["load", ""].told, shown["caseload_each", ""].value
    assert set(told) == set(true)
    assert load is not None
    if load.exact is None:
        assert set(told.values()) == {None}
        assert each is None
        return
    for key, count in told.items():
        assert count is None or (count.exact == true[key] and true[key] not in range(1, SMALL)), key
    hidden = [key for key, count in told.items() if count is None]
    assert not hidden or (len(hidden) >= 2 and sum(true[key] for key in hidden) >= SMALL) or len(hidden) == len(true)
    posts = sum(figure.value or 0 for (code, _), figure in shown.items() if code == "posts")
    assert each == round(len(accompanied) / posts, 1)


def _cannot_be_subtracted(figure: YearlyFigure, about: object) -> None:
    places: Mapping[str, Told | None] = figure.places
    hidden = [place for place, told in places.items() if told is None]
    known = [told.exact for told in places.values() if told is not None]
    assert all(count is not None and count not in range(1, SMALL) for count in known), about
    assert figure.told is not None
    if figure.told.exact is None:
        assert len(hidden) == len(places), about
    elif hidden:
        rest = figure.told.exact - sum(count or 0 for count in known)
        assert len(hidden) >= 2, about
        assert rest >= SMALL, about


def _is(figure: YearlyFigure, count: int) -> None:
    """The count as it may be told when it stands alone."""
    wanted = (1, SMALL - 1) if 0 < count < SMALL else (count, count)
    assert figure.told is not None
    assert (figure.told.least, figure.told.most) == wanted, (figure.code, figure.key)


def _holds(told: Told | None, count: int) -> None:
    assert told is not None
    assert told.least <= count <= told.most
