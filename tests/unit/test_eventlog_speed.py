"""The export of a large event log, in short: time and memory of the real command, as `make bench` measures them."""

from __future__ import annotations

from typing import Final

from benchmarks.eventlog import A_MINUTE, EVENTS, MEGABYTES, eventlog_figures

COUNT: Final = 20_000
_STARTED: Final = 20
"""Seconds for starting Python on a busy machine."""


def test_an_export_keeps_the_pace_of_a_million_events_a_minute_and_its_memory() -> None:
    figures = {figure.name: figure.value for figure in eventlog_figures(COUNT)}
    seconds = [value for name, value in figures.items() if "Speicher" not in name]
    megabytes = [value for name, value in figures.items() if "Speicher" in name]
    assert len(seconds) == len(megabytes) == 2
    assert max(seconds) < _STARTED + A_MINUTE * COUNT / EVENTS
    assert 0 < max(megabytes) < MEGABYTES
