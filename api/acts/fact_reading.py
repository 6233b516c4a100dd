"""From the JSON of a request to facts: references, days, and dates inside the data.

Shape only; whether the fact can be is checked in `facts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from api.acts.writing import Writing
from api.clock import recorded_on
from api.schemas import FactIn
from process_models.facts import RETRACTED, Fact
from store.tables import new_id


def as_fact(writing: Writing, given: FactIn, today: date, place: str) -> tuple[Fact, ...]:
    """The fact, after the retraction of the one that it corrects. Errors: SimulationOnly for its own `recorded`."""
    recorded = recorded_on(writing.tenant, given.recorded, today, given.on, f"{place}.recorded")
    ref = given.id or new_ref()
    data = with_dates(writing, given.fact, given.data)
    fact = Fact(ref, given.fact, given.on, recorded, data, given.who)
    if given.corrects is None:
        return (fact,)
    return (Fact(f"{ref}-r"[:40], RETRACTED, recorded, recorded, {"fact": given.corrects}, given.who), fact)


def new_ref() -> str:
    """A reference for a fact whose sender chose none."""
    return f"f{new_id()[:12]}"


def with_dates(writing: Writing, kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with ISO texts turned into dates where the vocabulary wants dates; what is none stays as it is."""
    entry = writing.catalogue.fact_kinds.get(kind)
    dates = {name for name, one in entry.fields.items() if one.type == "date"} if entry else set()
    return {name: _date(value) if name in dates else value for name, value in data.items()}


def _date(value: Any) -> Any:
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    return value
