"""What leaves with an exported event log: pseudonyms for one export, and only what enough paths share.

Pure. Reading stands in `store.event_log`, writing in `ocel` and `xes`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b
from typing import Final, NamedTuple

from process_models.small_cells import SMALL, suppress
from store.event_log import LoggedEvent

_BYTES: Final = 12
_SHARED: Final = ("agency", "place", "detail")
_WHEN: Final = time(12, tzinfo=UTC)
"""The log knows days. Noon in UTC is the same day in Germany, in summer and in winter."""
_SECOND: Final = timedelta(seconds=1)
OF_PERSON: Final = (
    *("screened", "residence_entered", "title_renewed", "framework_entered"),
    *("need_recorded", "need_referred", "need_met", "need_unmet"),
)
"""What these tell is the standing of somebody, not a procedure: a rare code would be one person."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Keyed hashes of ids. The key is made here, kept nowhere and gone with the export."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def of(self, kind: str, known_as: str) -> str:
        """The name of a path, handover or item in this export: `path-` and 24 hex characters."""
        keyed = blake2b(known_as.encode(), digest_size=_BYTES, key=self.key, person=kind.encode())
        return f"{kind}-{keyed.hexdigest()}"


@dataclass(frozen=True, slots=True)
class Told:
    """The agencies, places and details that may be told, and what may be told of the standing of persons."""

    agency: frozenset[str]
    place: frozenset[str]
    detail: frozenset[str]
    standing: frozenset[tuple[str, ...]] = frozenset()
    """(activity, code) and (activity, code, reason)."""


class Exported(NamedTuple):
    """An event as it leaves: no id of the records, no value that fewer than five paths share."""

    activity: str
    code: str
    from_kind: str
    to_kind: str
    agency: str
    place: str
    reason: str
    detail: str
    level: str
    working_days: int | None
    days: int | None


class At(NamedTuple):
    """When an event happened, and its handover under pseudonym (empty if it has none)."""

    time: str
    handover: str
    event: Exported


def told(
    details: Mapping[tuple[str, ...], int],
    places: Mapping[tuple[str, ...], int],
    agencies: Mapping[tuple[str, ...], int],
    at_places: Iterable[tuple[str, ...]],
    standings: Iterable[Mapping[tuple[str, ...], int]] = (),
) -> Told:
    """What enough paths share. Keys: (reason, detail), (place,), (kind, agency); `at_places` are (agency, place),
    `standings` counts by (activity, code) and by (activity, code, reason).

    An agency of which all places are left out is left out too: it would tell the place.
    """
    shown_places = {key[0] for key in _shared(places, lambda _: "")}
    sites: dict[str, set[str]] = {}
    for agency, place in at_places:
        sites.setdefault(agency, set()).add(place)
    shown = {key[1] for key in _shared(agencies, lambda key: key[0])}
    return Told(
        agency=frozenset(one for one in shown if not sites.get(one) or sites[one] & shown_places),
        place=frozenset(shown_places),
        detail=frozenset(key[1] for key in _shared(details, lambda key: key[0])),
        standing=frozenset(key for counted in standings for key in _shared(counted, lambda key: key[0])),
    )


def exported(trace: Iterable[LoggedEvent], names: Pseudonyms, shared: Told) -> Iterator[At]:
    """The events of a trace as they leave. Events of one day are a second apart, to keep their order."""
    last, position = None, 0
    for event in trace:
        position = position + 1 if event.happened_on == last else 0
        last = event.happened_on
        when = datetime.combine(last, _WHEN) + position * _SECOND
        handover = names.of("handover", event.handover_id) if event.handover_id else ""
        yield At(f"{when:%Y-%m-%dT%H:%M:%S}Z", handover, _without_rare(event, shared))


def _without_rare(event: LoggedEvent, shared: Told) -> Exported:
    agency, place, detail = (
        value if value in getattr(shared, name) else ""
        for name, value in zip(_SHARED, (event.agency, event.place, event.detail), strict=True)
    )
    code, reason = event.code, event.reason
    if event.activity in OF_PERSON:
        code = code if (event.activity, code) in shared.standing else ""
        reason = reason if (event.activity, code, reason) in shared.standing else ""
    parties = (event.from_kind, event.to_kind)
    about = (*parties, agency, place, reason, detail, event.level)
    return Exported(event.activity, code, *about, event.working_days, event.days)


def _shared(counted: Mapping[tuple[str, ...], int], group: Callable[[tuple[str, ...]], str]) -> set[tuple[str, ...]]:
    """Those with at least five paths; a single rare one takes a second with it, or it could be guessed."""
    groups: dict[str, list[tuple[str, ...]]] = {}
    for key in counted:
        groups.setdefault(group(key), []).append(key)
    shown = suppress(counted, groups.values())
    return {key for key, count in shown.items() if count is not None and count >= SMALL}
