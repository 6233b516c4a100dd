"""Composition root of the worker: settings, records, rules, mail and Temporal are put together here and nowhere else.

`build_worker` takes the parts, so that tests and the local stack run the same worker with their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerTuner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

import workflows
from activities import registry
from activities.failures import QuietFailures
from activities.news import NewsRelay, always
from notifications.mailer import Mailer
from process_exit import run_and_exit
from process_models.catalogue import Catalogue, load_catalogue
from process_models.errors import KimError
from process_models.names import DAILY_SWEEP, DAILY_SWEEP_SCHEDULE, TASK_QUEUE
from settings import Settings, connect, load_settings
from store.catalogues import Catalogues
from store.database import Database
from telemetry import configure_logging, health_pages, sdk_runtime

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=20)
"""A running activity may finish for this long after SIGTERM; below the 30 s of docker-compose.yml."""

IDENTITY = "kim-worker"
"""What histories and the Temporal UI call a worker: its role, neither process nor host."""


@dataclass(frozen=True)
class Parts:
    """What a worker is made of."""

    client: Client
    database: Database
    catalogue: Catalogue
    """The shipped rules; released versions are read from the records."""
    mailer: Mailer
    news: NewsRelay
    public_url: str
    task_queue: str = TASK_QUEUE
    max_cached_workflows: int = 500


def build_worker(parts: Parts) -> Worker:
    """The worker with every workflow and activity of the product."""
    return Worker(
        parts.client,
        task_queue=parts.task_queue,
        identity=IDENTITY,
        workflows=list(workflows.ALL),
        activities=all_activities(parts),
        interceptors=[QuietFailures()],
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules(
                "process_models", "activities", "store", "notifications", "sqlalchemy", "sqlmodel", "structlog"
            )
        ),
        max_cached_workflows=parts.max_cached_workflows,
        tuner=WorkerTuner.create_fixed(workflow_slots=20, activity_slots=20, local_activity_slots=10),
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(minimum=1, initial=2, maximum=5),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(minimum=1, initial=2, maximum=5),
        graceful_shutdown_timeout=GRACE,
    )


def all_activities(parts: Parts) -> list[Callable[..., Any]]:
    """The bound activities of every class, found by their Temporal names."""
    database, news = parts.database, parts.news
    catalogues = Catalogues(parts.catalogue)
    notifications = registry.NotificationActivities(database, parts.mailer, catalogues, parts.public_url)
    subjects: list[object] = [
        registry.PlanningActivities(database, catalogues),
        registry.HandoverActivities(database, catalogues),
        registry.ReminderActivities(database, catalogues, notifications),
        registry.ConsentActivities(database, catalogues),
        registry.EscalationActivities(database, catalogues, news.wake),
        registry.RecordActivities(database),
        registry.BodyActivities(database, catalogues),
        registry.ReleaseActivities(database, catalogues, news.wake),
        registry.PreviewActivities(database, catalogues),
        registry.SweepActivities(database, parts.client, news),
        notifications,
    ]
    members = (getattr(subject, name) for subject in subjects for name in dir(subject) if not name.startswith("_"))
    return [member for member in members if hasattr(member, "__temporal_activity_definition")]


def daily_sweep_schedule() -> Schedule:
    """Every morning at 06:15 Europe/Berlin: an hour that no change of the clocks skips or repeats."""
    return Schedule(
        action=ScheduleActionStartWorkflow(DAILY_SWEEP, id=DAILY_SWEEP, task_queue=TASK_QUEUE),
        spec=ScheduleSpec(
            calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(6)], minute=[ScheduleRange(15)])],
            time_zone_name="Europe/Berlin",
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(hours=20)),
    )


async def ensure_daily_sweep(client: Client) -> None:
    """Creates the Schedule of the daily sweep, or brings it up to date; whether it is paused stays as it is."""
    schedule = daily_sweep_schedule()

    async def renew(found: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule.state = found.description.schedule.state
        return ScheduleUpdate(schedule=schedule)

    try:
        await client.create_schedule(DAILY_SWEEP_SCHEDULE, schedule)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(DAILY_SWEEP_SCHEDULE).update(renew)


@contextlib.asynccontextmanager
async def working(parts: Parts) -> AsyncIterator[Worker]:
    """Runs the worker and the relay of news until the block is left."""
    worker = build_worker(parts)
    relay = asyncio.create_task(parts.news.run())
    try:
        async with worker:
            yield worker
    finally:
        relay.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await relay


async def serve(settings: Settings) -> int:
    """Works until SIGTERM or SIGINT; returns the exit code."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    client = await connect(settings, runtime=sdk_runtime(settings.worker_metrics_port))
    database = Database(settings.database_url, settings.keyring())
    parts = Parts(
        client=client,
        database=database,
        catalogue=load_catalogue(),
        mailer=Mailer(settings.smtp()),
        news=NewsRelay(always(client), database),
        public_url=settings.public_url,
    )
    await ensure_daily_sweep(client)

    async def checks() -> Mapping[str, bool]:
        return {"database": await _answers(database), "temporal": await parts.news.temporal_reachable()}

    address = f"127.0.0.1:{settings.worker_metrics_port}"
    health = health_pages(settings.worker_health_host, settings.worker_health_port, checks, address)
    async with working(parts), health:
        log.info("worker.ready", task_queue=parts.task_queue)
        await stop.wait()
    await database.close()
    log.info("worker.stopped")
    return 0


async def _answers(database: Database) -> bool:
    try:
        await database.ping()
    except KimError:
        return False
    return True


def main() -> None:
    """Entry point of `kim-worker`. Ends with the exit code of `serve`, never by a crash of the interpreter."""
    settings = load_settings()
    configure_logging(settings)
    run_and_exit(lambda: serve(settings))


if __name__ == "__main__":
    main()
