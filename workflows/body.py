"""A working group or the Lenkungsgruppe: keeps its agenda and its calendar of meetings for ever.

Which items lie on the agenda say the records; here is only the rhythm: look, tell, show, wait.
"""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities import references as activity
    from process_models import names
    from process_models.messages import AgendaOutlook, BodyStart, LookAtAgenda, SendNotices
    from workflows.waiting import FIRST_RETRY, Clock, News, history_is_long


@workflow.defn(name=names.BODY)
class BodyWorkflow:
    """The agenda of one body of one municipality."""

    @workflow.init
    def __init__(self, start: BodyStart) -> None:
        self.start = start
        self.clock = Clock(start.clock_offset_seconds)
        self.news = News(start.news_seen)
        self.agenda: AgendaOutlook | None = None

    @workflow.run
    async def run(self, _start: BodyStart) -> None:
        """Look at the agenda, tell the members what is new, wait for news or the next meeting."""
        while True:
            agenda = await self.look_at_agenda()
            await self.tell_members(agenda)
            self.show(agenda)
            await self.wait_for_news(agenda)

    async def look_at_agenda(self) -> AgendaOutlook:
        """The open items in counts, as of now."""
        self.news.read()
        return await activity.look_at_agenda(
            LookAtAgenda(tenant=self.start.tenant, body=self.start.body, now=self.clock.now())
        )

    async def tell_members(self, agenda: AgendaOutlook) -> None:
        """Sends what is new to the office of the body: counts and interfaces, never persons."""
        if not agenda.made.notice_ids:
            return
        sent = await activity.send(SendNotices(notice_ids=agenda.made.notice_ids, now=self.clock.now()))
        if sent.some_to_repeat:
            self.clock.wake_within(FIRST_RETRY)

    def show(self, agenda: AgendaOutlook) -> None:
        """Current details in the Temporal UI."""
        workflow.set_current_details(agenda.details)
        self.agenda = agenda

    async def wait_for_news(self, agenda: AgendaOutlook) -> None:
        """Until news comes or the next meeting; a long history goes on in a new run."""
        if self.news.waiting:
            return
        if self.news.refresh_wanted or history_is_long():
            workflow.continue_as_new(self.start.model_copy(update={"news_seen": self.news.count}))
        meeting = agenda.next_meeting_on
        summary = f"auf die Sitzung am {meeting:%d.%m.%Y} warten" if meeting else ""
        await self.news.wait(self.clock.until(agenda.look_again_at), summary=summary)

    @workflow.signal(name=names.SIGNAL_NEWS, description="Es gibt Neues für die Tagesordnung")
    def on_news(self) -> None:
        """An item was added or changed."""
        self.news.came()

    @workflow.signal(name=names.SIGNAL_REFRESH, description="Nach einem Update in einem neuen Lauf weitermachen")
    def on_refresh(self) -> None:
        """A new version was deployed: go on in a new run."""
        self.news.refresh()

    @workflow.query(name=names.QUERY_STATUS, description="Was liegt auf der Tagesordnung?")
    def status(self) -> AgendaOutlook | None:
        """The agenda in counts, or nothing before the first look."""
        return self.agenda if self.news.resting else None
