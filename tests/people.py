"""Fictitious people for tests: what their files say, as the API takes it."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

YUSUF: Json = {"born": "1994-03-12", "nationality": "SY"}


def fact(ref: str, on: str, kind: str, **data: Any) -> Json:
    """A fact as the API takes it."""
    return {"id": ref, "on": on, "fact": kind, "data": data}


ARRIVED: list[Json] = [
    fact("a01", "2021-05-10", "asylum.sought"),
    fact("a02", "2021-05-11", "asylum.registered"),
    fact("a03", "2021-05-20", "asylum.lodged"),
    fact("a04", "2021-07-06", "place.assigned", place="meerbusch"),
]
RECOGNISED: Json = fact("a08", "2022-02-11", "asylum.decided", outcome="refugee")
CASE_CONSENT: Json = fact("k1", "2022-02-14", "consent.given", consent="k1", purpose="P1", form="written")
JOBCENTER_CONSENT: Json = fact(
    "k2",
    "2022-02-14",
    "consent.given",
    consent="k2",
    purpose="P2",
    recipient="jobcenter",
    categories=["residence", "benefits", "housing"],
    form="written",
)
OPENED: Json = fact("a09", "2022-02-14", "kim.opened")
HANDOVER_DUE: list[Json] = [*ARRIVED, RECOGNISED, CASE_CONSENT, JOBCENTER_CONSENT, OPENED]
"""On 14 February 2022 the handover from Sozialamt to Jobcenter is due and covered by consent."""
