"""Actions in the records: each concerns its own handover, late ones change nothing, called off mails come again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from activities.carrying_out import Done, Records, carry_out_in_records
from process_models.catalogue import catalogue
from process_models.facts import Fact
from process_models.messages import Action, CancelHandover, Escalate, OfferHandover
from process_models.work import HandoverItem
from store.handovers import find_handover_of_trigger, item_of
from store.notices import get_notice, list_notices
from store.paths import get_path, note_place
from tests.notifications.office import DAY, H01, P1, P2, Office, consent, revocation

OFFER = OfferHandover(handover="H01", trigger_on=H01.trigger_on, on=DAY)
LATER_TRIGGER = date(2022, 5, 2)
BOTH = ("residence", "benefits", "housing")


async def carry_out(office: Office, action: Action) -> Done:
    async with office.database.transaction() as session:
        path = await get_path(session, office.path.id, None)
        return await carry_out_in_records(Records(session, office.database, catalogue()), path, action)


async def item(office: Office, trigger_on: date = H01.trigger_on) -> HandoverItem:
    async with office.database.reading() as session:
        row = await find_handover_of_trigger(session, office.path.id, "H01", trigger_on)
    assert row is not None
    return item_of(row)


async def sent(office: Office, done: Done) -> list[str]:
    async with office.database.reading() as session:
        notices = [await get_notice(session, notice_id) for notice_id in done.notice_ids]
    return [await office.send(notice) for notice in notices]


async def test_an_action_concerns_the_handover_of_its_own_trigger(office: Office) -> None:
    await office.record(P1, P2)
    first = await office.hand_over(H01, "jobcenter-rkn")
    await office.hand_over(replace(H01, trigger_on=LATER_TRIGGER), "jobcenter-rkn")
    step = Escalate(handover="H01", trigger_on=H01.trigger_on, level="E1", on=DAY, recipients=("jobcenter",))
    done = await carry_out(office, step)
    assert done.handover is not None
    assert done.handover.id == first.id
    async with office.database.reading() as session:
        assert {notice.handover_id for notice in await list_notices(session, office.path.id)} == {first.id}
    assert ((await item(office)).level, (await item(office, LATER_TRIGGER)).level) == ("E1", "E0")


@pytest.mark.parametrize("state", ["accepted", "refused", "completed"])
async def test_a_late_offer_neither_undoes_an_answer_nor_tells_anybody(office: Office, state: str) -> None:
    await office.record(P1, P2)
    answered = replace(H01, state=state)  # type: ignore[arg-type]
    await office.hand_over(answered, "jobcenter-rkn")
    assert (await carry_out(office, OFFER)).notice_ids == ()
    assert await item(office) == answered


async def test_an_offer_that_was_called_off_for_want_of_consent_leaves_when_consent_is_there_again(
    office: Office,
) -> None:
    await office.record(P1, P2)
    first = await carry_out(office, OFFER)
    await office.record(revocation("k2"))
    assert await sent(office, first) == ["cancelled"]
    await office.record(consent("k5", "P2", "jobcenter", BOTH))
    assert await sent(office, await carry_out(office, OFFER)) == ["delivered"]
    assert (await carry_out(office, OFFER)).notice_ids == ()
    assert len(office.mails) == 1


async def test_each_offer_of_one_day_is_told_and_each_end_too(office: Office) -> None:
    await office.record(P1, P2)
    for number in (1, 2):
        offer = OFFER.model_copy(update={"number": number})
        assert await sent(office, await carry_out(office, offer)) == ["delivered"]
        end = CancelHandover(handover="H01", trigger_on=H01.trigger_on, on=DAY, reason="consent_revoked", number=number)
        assert await sent(office, await carry_out(office, end)) == ["delivered"]
    assert (await item(office)).offers == 2
    assert len(office.mails) == 4


async def test_after_a_move_the_agency_that_was_asked_is_told_of_the_end(office: Office) -> None:
    given = consent("k6", "P2", "sozialamt", BOTH)
    await office.record(P1, given)
    asked = replace(H01, to_kind="sozialamt")
    offer = OFFER.model_copy(update={"to_kind": "sozialamt"})
    assert await sent(office, await carry_out(office, offer)) == ["delivered"]
    moved = DAY + timedelta(days=3)
    await office.record(Fact("m1", "place.moved", moved, moved, {"place": "neuss"}))
    async with office.database.transaction() as session:
        await note_place(session, office.path.id, "neuss")
    end = CancelHandover(
        handover="H01", trigger_on=H01.trigger_on, on=moved, reason="trigger_gone", to_kind=asked.to_kind
    )
    assert await sent(office, await carry_out(office, end)) == ["delivered"]
    assert office.script.recipients == ["asylblg@meerbusch.example.org"] * 2
