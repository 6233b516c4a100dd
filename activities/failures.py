"""What a failed activity tells Temporal: the name of the error. Its text may hold what a person wrote."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from temporalio.exceptions import ApplicationError, CancelledError, FailureError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

log = structlog.get_logger(__name__)


class QuietFailures(Interceptor):
    """Worker interceptor: keeps the texts of exceptions out of Temporal's history."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Wraps every activity."""
        return _QuietActivity(super().intercept_activity(next))


class _QuietActivity(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        try:
            return await self.next.execute_activity(input)
        except (FailureError, CancelledError, asyncio.CancelledError):
            raise
        except Exception as failure:
            name = type(failure).__name__
            log.exception("activity.failed", error=name)
            raise ApplicationError(name, type=name) from None
