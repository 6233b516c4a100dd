"""Counts of the API for Prometheus: labels come from closed lists (method, route template, status), never an id.

What is measured and the text that is scraped; when to measure stands in `wrappers`.
"""

from __future__ import annotations

import httpx2
import structlog
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

log = structlog.get_logger()

SDK_TIMEOUT_SECONDS = 1.0
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Measures:
    """The measures of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "kim_http_requests", "Requests by route and status.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "kim_http_request_seconds", "Time until the answer.", ("method", "route"), registry=self.registry
        )
        self._sdk = Gauge(
            "kim_sdk_metrics_up", "1 if the metrics of the Temporal SDK answered.", registry=self.registry
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answered request; unknown methods are counted as `other`."""
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(known, route).observe(seconds)

    async def text(self, sdk_metrics_url: str | None) -> str:
        """The exposition text of application and process; the text of the SDK follows if its exporter answers."""
        sdk = await _sdk_text(sdk_metrics_url) if sdk_metrics_url else None
        self._sdk.set(0 if sdk is None else 1)
        return generate_latest(self.registry).decode() + generate_latest(REGISTRY).decode() + (sdk or "")


async def _sdk_text(url: str) -> str | None:
    try:
        async with httpx2.AsyncClient(timeout=SDK_TIMEOUT_SECONDS, trust_env=False) as client:
            answer = await client.get(url)
            answer.raise_for_status()
    except httpx2.HTTPError:
        log.info("sdk-metrics-away")
        return None
    return answer.text
