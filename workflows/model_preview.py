"""The preview of a version of the process models: what it would change in the running paths, page by page.

The figures lie in the records; nothing of a path changes. How a version is put into force stands in `model_release`.
"""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities import references as activity
    from process_models import names
    from process_models.messages import PreviewPage, PreviewProgress, PreviewStart
    from process_models.releasing import preview_details
    from workflows.waiting import Clock, News, history_is_long


@workflow.defn(name=names.MODEL_PREVIEW)
class ModelPreviewWorkflow:
    """One version of one municipality, looked at before anybody releases it."""

    @workflow.init
    def __init__(self, start: PreviewStart) -> None:
        self.start = start
        self.clock = Clock(start.clock_offset_seconds)
        self.news = News(start.news_seen)
        self.progress = PreviewProgress()

    @workflow.run
    async def run(self, _start: PreviewStart) -> PreviewProgress:
        """Counts page after page until none is left and nobody has asked anew."""
        while True:
            self.news.read()
            self.progress = await activity.count_preview(
                PreviewPage(version_id=self.start.version_id, now=self.clock.now())
            )
            workflow.set_current_details(preview_details(self.start.version, self.progress))
            if self.progress.finished and not self.news.waiting:
                return self.progress
            if self.news.refresh_wanted or history_is_long():
                workflow.continue_as_new(self.start.model_copy(update={"news_seen": self.news.count}))

    @workflow.signal(name=names.SIGNAL_NEWS, description="Die Vorschau wurde (neu) angefordert")
    def on_news(self) -> None:
        """Somebody asks for it."""
        self.news.came()

    @workflow.signal(name=names.SIGNAL_REFRESH, description="Nach einem Update in einem neuen Lauf weitermachen")
    def on_refresh(self) -> None:
        """A new version of the product was deployed: go on in a new run."""
        self.news.refresh()

    @workflow.query(name=names.QUERY_STATUS, description="Wie weit ist die Vorschau?")
    def status(self) -> PreviewProgress:
        """How far it is, in counts."""
        return self.progress
