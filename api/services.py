"""What every request may use: records, rules, news, clock, options. Built once by the composition root.

Wiring only; acts and reads stand in their own modules.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import Depends, Request

from api.identity_provider import IdentityProvider
from api.measures import Measures
from notifications.rendering import RenderedMail
from process_models.names import path_workflow_id
from store.catalogues import Catalogues
from store.database import Database

HERE = Path(__file__).parent


class NewsPort(Protocol):
    """Carries news to the workflows. The outbox row is already committed: this only hurries it along."""

    def wake(self) -> None:
        """Hint after a commit; returns at once and never fails."""

    async def temporal_reachable(self) -> bool:
        """Whether Temporal answers right now."""
        ...


class Postbox(Protocol):
    """Takes one mail at once: `notifications.mailer.Mailer` is one."""

    async def send(self, mail: RenderedMail) -> None:
        """Returns when the mail server has taken it. Errors: DeliveryFailure."""
        ...


def is_loopback(host: str) -> bool:
    """Whether a host name means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def wall_clock() -> datetime:
    """The moment now, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """What may differ between installations."""

    now: Callable[[], datetime] = wall_clock
    sdk_metrics_url: str | None = None
    """Loopback address of the metrics of the Temporal SDK; their text is added to `/metrics`."""
    temporal_ui_url: str | None = None
    """Address of the Temporal web pages up to the namespace, for links of coordinators."""
    public_url: str = "http://127.0.0.1:8000"
    """Where people reach the pages, without a slash at the end."""
    identity_provider: IdentityProvider | None = None
    """Where people sign in; without one there are tokens and task links only."""
    cookie_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    """Seals the state of a sign-in under way; the same in every process of an installation."""
    postbox: Postbox | None = None
    """For codes that agencies wait for; without one nobody gets behind a link."""
    demo: bool = False
    """One-click roles; only on loopback, as the settings see to."""
    background: Callable[[], Coroutine[Any, Any, None]] | None = None
    """Runs as long as the application runs: the relay of the outbox."""

    @property
    def secure(self) -> bool:
        """Whether the pages are reached by https: cookies are then bound to this host."""
        return self.public_url.startswith("https://")


@dataclass(frozen=True, slots=True)
class Services:
    """The tools of one application."""

    database: Database
    catalogues: Catalogues
    """Every path has rules of its own: ask by path or by tenant."""
    news: NewsPort
    options: ApiOptions
    measures: Measures = field(default_factory=Measures)

    def now(self) -> datetime:
        """The wall clock."""
        return self.options.now()

    def temporal_url(self, path_id: str) -> str | None:
        """Address of the course of a path in the Temporal web pages; None where there are none."""
        base = self.options.temporal_ui_url
        return f"{base.rstrip('/')}/workflows/{path_workflow_id(path_id)}" if base else None


def services_of(request: Request) -> Services:
    """The tools of the application that this request came to."""
    services = request.app.state.services
    assert isinstance(services, Services)
    return services


Tools = Annotated[Services, Depends(services_of)]
