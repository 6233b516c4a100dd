"""Every notice that the rules can make has its mail, and a mail that no rule makes does not linger."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from notifications.digests import DIGEST
from notifications.message import checked_address
from notifications.rendering import KINDS
from process_models import reminding
from process_models.applied import notices_of
from process_models.catalogue import catalogue
from process_models.messages import Action, CancelHandover, Escalate, OfferHandover, OpenTask, TellAgency
from process_models.releasing import check_task

DAY = date(2022, 2, 14)
RECIPIENTS = ("jobcenter",)
ACTIONS: tuple[Action, ...] = (
    OfferHandover(handover="H01", trigger_on=DAY, on=DAY),
    CancelHandover(handover="H01", trigger_on=DAY, on=DAY, reason="trigger_gone"),
    TellAgency(handover="H01", trigger_on=DAY, number=1, kind="information", recipient="abh", on=DAY),
    TellAgency(handover="H01", trigger_on=DAY, number=1, kind="erasure", recipient="abh", on=DAY, since=DAY),
    Escalate(handover="H01", trigger_on=DAY, level="E1", on=DAY, recipients=RECIPIENTS),
    Escalate(handover="H01", trigger_on=DAY, level="E2", on=DAY, recipients=RECIPIENTS),
    Escalate(handover="H01", trigger_on=DAY, level="E3", on=DAY, recipients=RECIPIENTS, body="fall"),
    OpenTask(key="k", kind="obtain_consent", subject="H01", on=DAY),
    OpenTask(key="k", kind="clear_delivery", subject="p:H01:offer:jobcenter", on=DAY),
    OpenTask(key="k", kind="follow_decision", subject="H01", on=DAY),
    check_task("k", "2026.11-1a2b3c4d", DAY),
)
OF_MEETINGS = {"agenda_papers", "minutes_missing", "evaluation_due"}
"""Made by a body for a meeting, not by an action of a path."""
OF_OFFERS = {"offer_upkeep"}
"""Asks the owner of an offer; it belongs to no path."""
OF_PAGES = {"access_code"}
"""Sent while somebody waits in front of a page; no rule makes it."""


def test_the_mails_are_exactly_those_that_the_rules_make() -> None:
    made = {draft.kind for action in ACTIONS for draft in notices_of("p", action, catalogue())}
    reminders = set(re.findall(r'kind="(reminder_\w+)"', Path(reminding.__file__).read_text(encoding="utf-8")))
    assert made | reminders | OF_MEETINGS | OF_OFFERS | OF_PAGES | {DIGEST} == set(KINDS)


def test_every_recipient_of_the_ladder_and_of_the_municipalities_has_a_mailbox() -> None:
    for municipality in catalogue().municipalities.values():
        assert municipality.case_manager_mail
        assert municipality.coordinating_mail
        assert {body.kind for body in municipality.bodies} >= {"fall", "verfahren"}
        assert all(agency.mail for agency in municipality.agencies)


def test_every_mailbox_of_the_configuration_is_one_plain_address() -> None:
    for municipality in catalogue().municipalities.values():
        agencies = [address for agency in municipality.agencies for address in (agency.mail, agency.head_mail)]
        bodies = [body.mail for body in municipality.bodies]
        for address in (*agencies, *bodies, municipality.case_manager_mail, municipality.coordinating_mail):
            assert not address or checked_address(address) == address
