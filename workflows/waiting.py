"""Waiting of the long-lived workflows: the clock of a path, the nudges, the one timer. No rule, no activity."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from temporalio import workflow

FIRST_RETRY = timedelta(minutes=1)
"""After a mail that failed for now the workflow looks again; from then on the records say when the next try is due."""


LONG_HISTORY = 2_000
"""Events after which a run has become long: half of where the server would suggest a new one, so replays stay quick."""


def history_is_long() -> bool:
    """Whether the workflow should go on in a new run because of the length of its history."""
    info = workflow.info()
    return info.get_current_history_length() > LONG_HISTORY or info.is_continue_as_new_suggested()


class Clock:
    """The clock of a workflow: the server's clock plus an offset that is zero in production."""

    def __init__(self, offset_seconds: int) -> None:
        self._offset = timedelta(seconds=offset_seconds)
        self._wake_at: datetime | None = None

    def now(self) -> datetime:
        """Aware UTC moment on this clock."""
        return workflow.now().astimezone(UTC) + self._offset

    def wake_within(self, pause: timedelta) -> None:
        """The next wait ends after this pause at the latest, whatever the plan says."""
        self._wake_at = self.now() + pause

    def until(self, moment: datetime | None) -> timedelta | None:
        """How long until this moment or an earlier wake-up; None = for ever, never negative."""
        moments = [each for each in (moment, self._wake_at) if each]
        self._wake_at = None
        return max(min(moments) - self.now(), timedelta(0)) if moments else None


class News:
    """Counts nudges and tells whether one came since the last look."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._read = count
        self.refresh_wanted = False
        self.resting = False

    def came(self) -> None:
        """A nudge arrived."""
        self.count += 1

    def refresh(self) -> None:
        """A new run is wanted."""
        self.refresh_wanted = True

    def read(self) -> None:
        """What came up to now is covered by the look that begins."""
        self._read = self.count

    @property
    def waiting(self) -> bool:
        """News came that no look has covered yet."""
        return self.count > self._read

    async def wait(self, at_most: timedelta | None, *, summary: str) -> None:
        """Rests until news comes, a refresh is wanted, or the time is over."""
        self.resting = True
        try:
            await workflow.wait_condition(
                lambda: self.waiting or self.refresh_wanted, timeout=at_most, timeout_summary=summary or None
            )
        except TimeoutError:
            pass  # the day that matters has come
        finally:
            self.resting = False
