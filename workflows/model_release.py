"""The release of a version of the process models: leads all paths of a tenant to the rules in force, at a bounded rate.

Which rules these are, and how fast, say the records; a withdrawal is news, and the same process leads the paths back.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities import references as activity
    from process_models import names
    from process_models.messages import (
        LookAtRelease,
        MovePage,
        ReleaseOrder,
        ReleaseProgress,
        ReleaseStart,
        ReleaseStatus,
    )
    from process_models.releasing import page_size, release_details, time_for_page
    from workflows.waiting import Clock, News, history_is_long


@workflow.defn(name=names.MODEL_RELEASE)
class ModelReleaseWorkflow:
    """One version of one municipality: released, and perhaps withdrawn again."""

    @workflow.init
    def __init__(self, start: ReleaseStart) -> None:
        self.start = start
        self.clock = Clock(start.clock_offset_seconds)
        self.news = News(start.news_seen)
        self.after = start.after
        self.moved_some = start.moved_some
        self.paused = start.paused
        self.stopped = False
        self.progress = ReleaseProgress()
        self.page_began = self.clock.now()

    @workflow.run
    async def run(self, _start: ReleaseStart) -> ReleaseProgress:
        """Read which way the paths go, move them page by page, and once more until none is left that can be moved."""
        while not self.stopped:
            order = await self.read_order()
            while await self.move_page(order):
                await self.keep_the_rate(order)
            if self.is_done(order):
                break
        return self.progress

    async def read_order(self) -> ReleaseOrder:
        """What is in force by now. After news the paths are gone through from the beginning."""
        if self.news.waiting:
            self.after = ""
        self.news.read()
        order = await activity.look_at_release(
            LookAtRelease(tenant=self.start.tenant, version_id=self.start.version_id)
        )
        self.progress, self.moved_some = order.progress, bool(self.after) and self.moved_some
        self.show(order)
        return order

    async def move_page(self, order: ReleaseOrder) -> bool:
        """Moves the next page; False when there is none, or something else has to be done first."""
        await self.rest_while_paused(order)
        if self.interrupted or not order.leads or not self.progress.to_move:
            return False
        self.page_began = self.clock.now()
        page = await activity.move_page(
            MovePage(
                tenant=self.start.tenant,
                version_id=self.start.version_id,
                after=self.after,
                size=page_size(order.rate_per_minute),
                now=self.clock.now(),
            )
        )
        staying = self.progress.staying if self.after else 0
        self.progress = page.progress.model_copy(update={"staying": staying + page.progress.staying})
        self.after, self.moved_some = page.last, self.moved_some or page.moved > 0
        self.show(order)
        return bool(page.last)

    async def keep_the_rate(self, order: ReleaseOrder) -> None:
        """Waits until the next page may be moved. A long release goes on in a new run."""
        if not self.interrupted and (self.news.refresh_wanted or history_is_long()):
            self.continue_in_new_run()
        pause = self.page_began + time_for_page(order.rate_per_minute) - self.clock.now()
        if pause > timedelta(0):
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self.interrupted, timeout=pause, timeout_summary="auf die nächste Seite warten"
                )

    async def rest_while_paused(self, order: ReleaseOrder) -> None:
        """Rests until somebody lets the release go on, stops it or takes it back."""
        if self.paused:
            self.show(order)
            await workflow.wait_condition(lambda: not self.paused or self.interrupted)
            self.show(order)

    def is_done(self, order: ReleaseOrder) -> bool:
        """True when no news waits and the last pass through the paths moved none, or left none."""
        if self.news.waiting:
            return False
        return not order.leads or not self.progress.to_move or not self.moved_some

    def continue_in_new_run(self) -> None:
        """Carries where the release is into a run with an empty history."""
        carried = {
            "news_seen": self.news.count,
            "after": self.after,
            "moved_some": self.moved_some,
            "paused": self.paused,
        }
        workflow.continue_as_new(self.start.model_copy(update=carried))

    def show(self, order: ReleaseOrder) -> None:
        """Current details in the Temporal UI."""
        workflow.set_current_details(release_details(order, self.progress, paused=self.paused))

    @property
    def interrupted(self) -> bool:
        """The release was stopped, or news has to be read first."""
        return self.stopped or self.news.waiting

    @workflow.signal(name=names.SIGNAL_NEWS, description="Die Fassung wurde freigegeben oder zurückgenommen")
    def on_news(self) -> None:
        """The records say something new about this version."""
        self.news.came()

    @workflow.signal(name=names.SIGNAL_REFRESH, description="Nach einem Update in einem neuen Lauf weitermachen")
    def on_refresh(self) -> None:
        """A new version of the product was deployed: go on in a new run."""
        self.news.refresh()

    @workflow.signal(name=names.SIGNAL_PAUSE, description="Nach der laufenden Seite anhalten")
    def on_pause(self) -> None:
        """Moves no further page until `resume`."""
        self.paused = True

    @workflow.signal(name=names.SIGNAL_RESUME, description="Weitermachen")
    def on_resume(self) -> None:
        """Goes on where it paused."""
        self.paused = False

    @workflow.signal(name=names.SIGNAL_STOP, description="Beenden; die übrigen Wege bleiben, wo sie sind")
    def on_stop(self) -> None:
        """Ends; releasing or withdrawing the version again goes on with the paths that are left."""
        self.stopped = True

    @workflow.query(name=names.QUERY_STATUS, description="Wie weit ist die Freigabe?")
    def status(self) -> ReleaseStatus:
        """How far it is, in counts."""
        return ReleaseStatus(progress=self.progress, paused=self.paused)
