"""What the Temporal UI shows of a path: search attributes as typed updates, only where something changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from process_models.messages import ShownPath

_MUNICIPALITY = SearchAttributeKey.for_keyword("KimMunicipality")
_PHASE = SearchAttributeKey.for_keyword("KimPhase")
_REASON = SearchAttributeKey.for_keyword("KimStallReason")
_ESCALATION = SearchAttributeKey.for_keyword("KimEscalation")
_MODEL = SearchAttributeKey.for_keyword("KimModelVersion")
_WAITS_FOR = SearchAttributeKey.for_keyword_list("KimWaitsFor")
_STALLED = SearchAttributeKey.for_bool("KimStalled")
_STALLED_SINCE = SearchAttributeKey.for_datetime("KimStalledSince")
_NEXT_DEADLINE = SearchAttributeKey.for_datetime("KimNextDeadline")


def search_attribute_updates(before: ShownPath | None, now: ShownPath) -> list[SearchAttributeUpdate[Any]]:
    """The updates that lead from what was shown to what is to be shown; empty when nothing changed."""
    old = _values(before) if before else {}
    return [_update(key, value) for key, value in _values(now).items() if old.get(key) != value]


def _values(shown: ShownPath) -> dict[SearchAttributeKey[Any], Any]:
    return {
        _MUNICIPALITY: shown.municipality,
        _PHASE: shown.phase,
        _REASON: shown.stall_reason or None,
        _ESCALATION: shown.escalation,
        _MODEL: shown.model_version or None,
        _WAITS_FOR: list(shown.waits_for) or None,
        _STALLED: shown.stalled_since is not None,
        _STALLED_SINCE: _noon(shown.stalled_since),
        _NEXT_DEADLINE: _noon(shown.next_deadline),
    }


def _noon(day: date | None) -> datetime | None:
    # Noon UTC is the same calendar day in Berlin all year round, so the UI shows the right date.
    return datetime.combine(day, time(12), tzinfo=UTC) if day else None


def _update(
    key: SearchAttributeKey[Any], value: str | bool | datetime | Sequence[str] | None
) -> SearchAttributeUpdate[Any]:
    return key.value_unset() if value is None else key.value_set(value)
