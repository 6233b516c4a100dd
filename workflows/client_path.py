"""The path of a client, from arrival to naturalisation, as a process that lasts for years.

Tells what happens in which order, and waits. What is due says the plan, activities do it: no rule lives here.
"""

from __future__ import annotations

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities import references as activity
    from process_models import messages, names
    from process_models.messages import (
        CarryOut,
        Deliveries,
        EndPath,
        LookAgain,
        PathOutlook,
        PathStart,
        PathStatus,
        SendNotices,
    )
    from workflows.showing import search_attribute_updates
    from workflows.waiting import FIRST_RETRY, Clock, News, history_is_long


@workflow.defn(name=names.CLIENT_PATH)
class ClientPathWorkflow:
    """One client's path. It holds ids, codes and dates; the file lies in the records, the law in the process models."""

    @workflow.init
    def __init__(self, start: PathStart) -> None:
        self.start = start
        self.clock = Clock(start.clock_offset_seconds)
        self.news = News(start.news_seen)
        self.shown = start.shown
        self.phase = start.last_phase
        self.outlook: PathOutlook | None = None
        self.closed = False

    @workflow.run
    async def run(self, _start: PathStart) -> None:
        """Look at the plan, bring the world in line with it, wait for news or for the next day that matters."""
        while not self.closed:
            plan = await self.look_again()
            await self.follow_framework_changes(plan)
            await self.remind(plan)
            await self.escalate(plan)
            await self.deliver(plan.pending_notices)
            self.show(plan)
            await self.end_if_nothing_is_open(plan)
            await self.wait_for_news(plan)

    async def look_again(self) -> PathOutlook:
        """A fresh plan from the rules and the records: a new law never breaks a running path."""
        self.news.read()
        return await activity.look_again(LookAgain(path_id=self.start.path_id, now=self.now()))

    async def follow_framework_changes(self, plan: PathOutlook) -> None:
        """Consent or statute first, then the offer; asks for consent where it is missing; takes offers back."""
        await self.carry_out(plan, activity.keep_tasks, messages.OpenTask, messages.CloseTask)
        await self.carry_out(
            plan, activity.hand_over, messages.OfferHandover, messages.CancelHandover, messages.TellAgency
        )

    async def remind(self, plan: PathOutlook) -> None:
        """Due reminders, each exactly once a key."""
        reminders = self.to_do(plan, messages.Remind)
        if reminders:
            self.repeat_soon(await activity.remind(reminders))

    async def escalate(self, plan: PathOutlook) -> None:
        """Climbs the ladder: receiver, head of unit, AG Fallebene, AG Verfahrensebene."""
        await self.carry_out(plan, activity.escalate, messages.Escalate, messages.RaiseImpulse)

    async def carry_out(self, plan: PathOutlook, do: activity.Doing, *kinds: type[messages.Message]) -> None:
        """Has the actions of these kinds carried out and the mails sent that follow from them."""
        actions = self.to_do(plan, *kinds)
        if actions:
            await self.deliver((await do(actions)).notice_ids)

    def to_do(self, plan: PathOutlook, *kinds: type[messages.Message]) -> CarryOut | None:
        """The actions of these kinds in the plan, as one message; None if there are none."""
        actions = tuple(action for action in plan.actions if isinstance(action, kinds))
        return CarryOut(path_id=self.start.path_id, now=self.now(), actions=actions) if actions else None

    async def deliver(self, notice_ids: tuple[str, ...]) -> None:
        """Sends each mail once; one that fails for now stays with its next try in the records."""
        if notice_ids:
            self.repeat_soon(await activity.send(SendNotices(notice_ids=notice_ids, now=self.now())))

    def repeat_soon(self, sent: Deliveries) -> None:
        """Looks again within a minute if a mail failed for now."""
        if sent.some_to_repeat:
            self.clock.wake_within(FIRST_RETRY)

    def show(self, plan: PathOutlook) -> None:
        """What a coordinator reads in the Temporal UI: current details always, search attributes on change."""
        updates = search_attribute_updates(self.shown, plan.shown)
        if updates:
            workflow.upsert_search_attributes(updates)
        workflow.set_current_details(plan.shown.details)
        self.shown = plan.shown
        self.outlook = plan

    async def end_if_nothing_is_open(self, plan: PathOutlook) -> None:
        """Ends the path in the records, unless news came since the plan was made."""
        if plan.closed and not self.news.waiting:
            end = EndPath(path_id=plan.path_id, facts_version=plan.facts_version, now=self.now())
            self.closed = await activity.end_path(end) and not self.news.waiting

    async def wait_for_news(self, plan: PathOutlook) -> None:
        """One timer on the next day that matters. At a change of framework the path goes on in a new run."""
        if self.closed or self.news.waiting:
            return
        if self.news.refresh_wanted or self.framework_changed(plan) or history_is_long():
            self.continue_in_new_run(plan)
        await self.news.wait(self.clock.until(plan.look_again_at), summary=plan.wait_summary)

    def framework_changed(self, plan: PathOutlook) -> bool:
        """True when the path has entered another phase since its last plan."""
        before, self.phase = self.phase, plan.shown.phase
        return before not in ("", self.phase)

    def continue_in_new_run(self, plan: PathOutlook) -> None:
        """Carries ids, counters and the search attributes shown into a run with an empty history."""
        shown = plan.shown.model_copy(update={"summary": "", "details": ""})
        carried = {"news_seen": self.news.count, "last_phase": plan.shown.phase, "shown": shown}
        workflow.continue_as_new(self.start.model_copy(update=carried))

    def now(self) -> datetime:
        """The clock of this path (production: the server's clock)."""
        return self.clock.now()

    @workflow.signal(name=names.SIGNAL_NEWS, description="Es gibt Neues in der Akte")
    def on_news(self) -> None:
        """Something changed in the records. The nudge has no content: it may come twice, late or out of order."""
        self.news.came()

    @workflow.signal(name=names.SIGNAL_REFRESH, description="Nach einem Update in einem neuen Lauf weitermachen")
    def on_refresh(self) -> None:
        """A new version was deployed: go on in a new run."""
        self.news.refresh()

    @workflow.query(name=names.QUERY_STATUS, description="Worauf wartet dieser Weg?")
    def status(self) -> PathStatus:
        """Where the path stands, in codes and dates."""
        plan = self.outlook
        return PathStatus(
            path_id=self.start.path_id,
            day=plan.day if plan else None,
            facts_version=plan.facts_version if plan else -1,
            idle=self.news.resting,
            news_seen=self.news.count,
            look_again_at=plan.look_again_at if plan else None,
            waits_for=plan.shown.summary if plan else "",
            escalation=plan.shown.escalation if plan else "none",
        )
