"""Waiting times that a dated constant gives in months: the first day on which they are over by the law of that day."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta

from process_models.catalogue import Catalogue


def over_on(key: str, since: date, catalogue: Catalogue, *, not_before: date | None = None) -> date | None:
    """The first day, on or after `not_before`, on which the months of the constant have passed since `since`.

    Each edition counts only on its own days: a longer law does not reach back, a shorter one helps from its first day.
    """
    found = []
    for edition in catalogue.released(rule for rule in catalogue.constants if rule.code == key):
        reached = max(
            since + relativedelta(months=int(edition.value)), edition.valid_from or date.min, not_before or date.min
        )
        if edition.holds_on(reached):
            found.append(reached)
    return min(found, default=None)
