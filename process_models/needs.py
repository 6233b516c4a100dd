"""Needs of a person: what becomes of a referral and of a need, and which lacks are told to whom.

Pure. The kinds are data (`need_rules`); detail and person never enter here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from process_models.errors import KimError
from process_models.small_cells import is_small, suppress

Urgency = Literal["normal", "soon", "now"]
NeedState = Literal["open", "met", "unmet", "dropped"]
ReferralState = Literal["proposed", "referred", "taken_up", "not_possible"]
UnmetReason = Literal[
    "capacity", "no_offer", "not_entitled", "language", "distance", "waiting_time", "childcare", "cost", "declined"
]

LACKS: Final[tuple[UnmetReason, ...]] = (
    *("capacity", "no_offer", "not_entitled", "language", "distance", "waiting_time", "childcare", "cost"),
)
"""Reasons that say something about what is offered. What the person did not want is nobody's lack."""

_NEXT: Final[Mapping[str, tuple[ReferralState, ...]]] = {
    "proposed": ("referred", "not_possible"),
    "referred": ("taken_up", "not_possible"),
    "taken_up": (),
    "not_possible": ("proposed",),
}


class NeedNotPossible(KimError):
    """The need or the referral is not in a state that allows this; `allowed` lists what is possible."""

    status = 409
    title = "Das ist bei diesem Bedarf jetzt nicht möglich"


def answers(state: str) -> tuple[ReferralState, ...]:
    """What may become of a referral in this state."""
    return _NEXT.get(state, ())


def check_answer(state: str, wanted: ReferralState, reason: str) -> None:
    """Errors: NeedNotPossible if a referral cannot go on like this, or a reason is missing or too much."""
    if wanted not in answers(state):
        raise NeedNotPossible("Das passt nicht zum Stand der Vermittlung.", field="state", allowed=answers(state))
    _check_reason(reason, needed=wanted == "not_possible")


def check_end(state: str, wanted: NeedState, reason: str) -> None:
    """Errors: NeedNotPossible if the need has ended, or a reason is missing or too much."""
    if state != "open":
        raise NeedNotPossible("Dieser Bedarf ist schon abgeschlossen.", field="state")
    _check_reason(reason, needed=wanted == "unmet")


def _check_reason(reason: str, *, needed: bool) -> None:
    if needed and not reason:
        raise NeedNotPossible("Bitte sagen Sie, warum es nicht möglich ist.", field="reason")
    if reason and not needed:
        raise NeedNotPossible("Ein Grund gehört nur zu dem, was nicht möglich ist.", field="reason")


@dataclass(frozen=True, slots=True)
class NeedCount:
    """So many events of needs of one kind in one place: recorded, referred, met, or unmet for a reason."""

    activity: str
    kind: str
    place: str
    count: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NeedFigures:
    """Needs of a period, as they may be shown; None = a small number, or one that would tell a small one."""

    recorded: dict[str, int | None]
    """By kind."""
    met: dict[str, int | None]
    unmet: dict[str, int | None]
    by_reason: dict[tuple[str, str], int | None]
    """Unmet, by kind and reason."""
    by_place: dict[tuple[str, str], int | None]
    """Unmet, by kind and place."""
    places: dict[str, int | None]
    """Unmet, by place."""
    total: int | None
    """Unmet."""


def figures_of(counts: Iterable[NeedCount]) -> NeedFigures:
    """The figures of a period, in which no number of fewer than five can be read or found out by subtracting."""
    found = list(counts)
    lacks = [one for one in found if one.activity == "need_unmet" and one.reason in LACKS]
    shown = dict(sorted(_told(lacks).items()))  # the order in which they were counted says something, too
    return NeedFigures(
        recorded=_by_kind(found, "need_recorded"),
        met=_by_kind(found, "need_met"),
        unmet={kind: count for (of, kind, _), count in shown.items() if of == "kind"},
        by_reason={(kind, reason): count for (of, kind, reason), count in shown.items() if of == "reason"},
        by_place={(kind, place): count for (of, kind, place), count in shown.items() if of == "place"},
        places={place: count for (of, place, _), count in shown.items() if of == "total_of_place"},
        total=shown.get(("total", "", ""), 0),
    )


_Cell = tuple[str, str, str]
_FINER: Final = ("reason", "place")


def _told(lacks: Iterable[NeedCount]) -> dict[_Cell, int | None]:
    """Kinds and places are told beside their total; finer parts wholly, or not at all where one of them is small.

    Parts told in part would tell, by which of them are hidden, more than that some are small: a kind without a reason
    for it is known to be zero there.
    """
    cells: Counter[_Cell] = Counter()
    for one in lacks:
        for cell in _cells_of(one):
            cells[cell] += one.count
    told = suppress({cell: count for cell, count in cells.items() if cell[0] not in _FINER}, _sums(cells))
    for kind in [cell[1] for cell in told if cell[0] == "kind" and told[cell] is not None]:
        told |= _wholly({cell: count for cell, count in cells.items() if cell[:2] == ("reason", kind)})
    if None not in told.values():
        told |= _wholly({cell: count for cell, count in cells.items() if cell[0] == "place"})
    return told


def _wholly(parts: Mapping[_Cell, int]) -> Mapping[_Cell, int]:
    return {} if any(is_small(count) for count in parts.values()) else parts


def _cells_of(one: NeedCount) -> tuple[_Cell, ...]:
    return (
        ("reason", one.kind, one.reason),
        ("place", one.kind, one.place),
        ("kind", one.kind, ""),
        ("total_of_place", one.place, ""),
        ("total", "", ""),
    )


def _sums(cells: Iterable[_Cell]) -> list[list[_Cell]]:
    """A sum is a cell among its parts: where it is the only large one, it is hidden with them."""
    names = list(cells)
    return [[("total", "", ""), *(cell for cell in names if cell[0] == part)] for part in ("kind", "total_of_place")]


def _by_kind(found: Iterable[NeedCount], activity: str) -> dict[str, int | None]:
    """Counts without a sum beside them: only the small ones are hidden."""
    cells: Counter[str] = Counter()
    for one in found:
        if one.activity == activity:
            cells[one.kind] += one.count
    return suppress(cells, [])
