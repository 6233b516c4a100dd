"""Hostile bodies: whatever is sent, the API answers with a refusal or a receipt, never with a defect."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.office import RECOGNISED, START, Office

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
CHILD = {"id": "kind", "born": "2015-01-01", "relation": "child"}
CONSENT = {"purpose": "P2", "recipient": "jobcenter", "categories": ["housing"], "form": "written"}
VALID: dict[str, dict[str, Any]] = {
    "/v1/paths": START
    | {"facts": RECOGNISED, "household": [{"id": "kind", "born": "2015-01-01", "relation": "child"}]},
    "/v1/paths/{}/facts": {"facts": RECOGNISED},
    "/v1/paths/{}/consents": CONSENT,
    "/v1/paths/{}/consents/k1/revocation": {"on": "2022-02-14"},
    "/v1/paths/{}/handovers/H01/answer": {"answer": "refuse", "reason": "CAPACITY", "detail": "X"},
    "/v1/paths/{}/handovers/H01/stall": {"reason": "CAPACITY", "detail": "X"},
    "/v1/paths/{}/tasks/x/completion": {},
}


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, inner in items for place in _places(inner, (*path, key)))]


@st.composite
def bodies(draw: st.DrawFn, valid: dict[str, Any]) -> Any:
    """A valid body in which one place was replaced, removed or joined by something else."""
    body = json.loads(json.dumps(valid))
    place = draw(st.sampled_from(_places(body)))
    junk = draw(JSON)
    if not place:
        return draw(st.sampled_from([junk, body | {draw(st.text(max_size=12)): junk}]))
    parent = body
    for key in place[:-1]:
        parent = parent[key]
    parent[place[-1]] = junk
    return body


@pytest.fixture
async def offered(office: Office) -> str:
    """A path with an offered handover."""
    path_id = await office.start()
    await office.offer(path_id)
    return path_id


@pytest.mark.parametrize("address", VALID)
@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_no_body_makes_the_api_fail(office: Office, offered: str, address: str, data: st.DataObject) -> None:
    content = json.dumps(data.draw(bodies(VALID[address])))  # also what is no JSON for others: NaN, lone surrogates
    answer = await office.manager.post_raw(address.format(offered), content)
    assert answer.status_code < 500, (content, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
