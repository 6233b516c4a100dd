"""Moving paths to another version of the rules, as far as it is pure: the pace, the task of a person, the words.

Which paths are moved and when say the records and the workflow.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from process_models.messages import OpenTask, PreviewProgress, ReleaseOrder, ReleaseProgress

CHECK_MODEL_CHANGE: Final = "check_model_change"
"""Kind of the task: a person looks at what the new rules change in a path."""
DEFAULT_RATE: Final = 300
"""Paths a minute: about a quarter of what one worker plans beside its daily work."""
HIGHEST_RATE: Final = 6_000
_LARGEST_PAGE: Final = 50
_PAGES_A_MINUTE: Final = 6


def page_size(rate_per_minute: int) -> int:
    """How many paths are moved at once: about six pages a minute, none larger than fifty paths."""
    return max(1, min(_LARGEST_PAGE, rate_per_minute // _PAGES_A_MINUTE))


def time_for_page(rate_per_minute: int) -> timedelta:
    """How long a page has to last so that the rate is kept."""
    return timedelta(minutes=page_size(rate_per_minute) / rate_per_minute)


def check_key(version: str, turn: int, *, back: bool) -> str:
    """Key of the task about one release or its withdrawal: opened once a path, whatever happens."""
    return f"{CHECK_MODEL_CHANGE}:{version}:{turn}{':back' if back else ''}"


def check_task(key: str, version: str, on: date) -> OpenTask:
    """The task for the case manager."""
    return OpenTask(key=key, kind=CHECK_MODEL_CHANGE, subject=version, on=on, summary="Änderung der Regeln prüfen")


def release_details(order: ReleaseOrder, progress: ReleaseProgress, *, paused: bool) -> str:
    """What a coordinator reads in the Temporal UI, as Markdown."""
    return "\n".join(_lines(order, progress, paused=paused))


def preview_details(version: str, progress: PreviewProgress) -> str:
    """What a coordinator reads in the Temporal UI about a preview, as Markdown."""
    head = f"## Vorschau der Fassung {version}" + ("" if progress.finished else " (läuft)")
    counts = (
        f"{progress.paths} Wege verglichen, {progress.changed} ändern sich, {progress.need_person} brauchen eine Person"
    )
    return f"{head}\n\n{counts}"


def _lines(order: ReleaseOrder, progress: ReleaseProgress, *, paused: bool) -> Iterator[str]:
    yield f"## {'Rücknahme' if order.back else 'Freigabe'} der Fassung {order.version}"
    yield f"{order.municipality} · es gilt {order.target_version} · höchstens {order.rate_per_minute} Wege je Minute"
    yield ""
    moved = progress.paths - progress.to_move
    yield f"**{moved} von {progress.paths} offenen Wegen umgestellt**" + (", angehalten" if paused else "")
    yield ""
    yield f"- braucht eine Person: {progress.need_person}"
    yield f"- bleibt vorerst bei den bisherigen Regeln: {progress.staying}"
