"""One office a test, each test twice: with the worker's cache, and with a worker that replays at every step."""

from __future__ import annotations

import pytest

from tests.workflows.office import FakeOffice


@pytest.fixture(params=[500, 0], ids=["cached", "replaying"])
def office(request: pytest.FixtureRequest) -> FakeOffice:
    """A fake office whose worker keeps so many workflows in its cache."""
    return FakeOffice(cached_workflows=request.param)
