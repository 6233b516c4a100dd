"""The export of a large event log, in short: what every further event costs the real command, on a machine under load.

CPU and memory of two sizes are compared, so that neither starting Python nor a busy machine counts. The million itself
is measured by `python -m benchmarks.eventlog`.
"""

from __future__ import annotations

from typing import Final

import pytest

from benchmarks.eventlog import Measured, measure

FEW: Final = 2_000
MANY: Final = 32_000
MICROSECONDS: Final = 110
"""CPU of one event: a million took 33 to 45 s; twice as much on a machine whose processors are shared."""
MEGABYTES: Final = 15
"""Memory may grow by so much from few to many events: a log kept in memory would take ten times that."""


@pytest.fixture(scope="module")
def sizes() -> tuple[dict[str, Measured], dict[str, Measured]]:
    """What few and what many events take."""
    return measure(FEW), measure(MANY)


@pytest.mark.parametrize("form", ["ocel", "xes"])
def test_a_further_event_costs_a_tenth_of_a_millisecond_at_most(
    sizes: tuple[dict[str, Measured], dict[str, Measured]], form: str
) -> None:
    few, many = (size[form].cpu_seconds for size in sizes)
    assert (many - few) / (MANY - FEW) * 1e6 < MICROSECONDS


@pytest.mark.parametrize("form", ["ocel", "xes"])
def test_memory_does_not_grow_with_the_events(
    sizes: tuple[dict[str, Measured], dict[str, Measured]], form: str
) -> None:
    few, many = (size[form].peak_bytes for size in sizes)
    assert few > 0
    assert many - few < MEGABYTES * 1_000_000
