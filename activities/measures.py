"""Measures of the worker for Prometheus. Labels come from closed lists: never an id, a place or a person."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Histogram

NOTICES: Final = Counter("kim_notices", "Notices by kind of mail and what became of them", ("kind", "status"))
PLANS: Final = Histogram(
    "kim_plan_seconds",
    "Seconds from asking for a plan to its row in the records",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
NEWS: Final = Counter("kim_news", "News by what became of its delivery to Temporal", ("state",))
