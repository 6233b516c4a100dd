"""Links, codes, pages, answers, withdrawals and consents in random order: nothing passes without a consent in force."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.api.clerk import Clerk, hidden
from tests.api.office import Office
from tests.api.test_agency_link import NAME, offered
from tests.api.test_agency_task import NAMED, consented

Clerks = Callable[[str], Clerk]
STEPS = ("ask", "enter", "page", "query", "accept", "withdraw", "renew", "wait")


@dataclass(repr=False)
class Course:
    """What has happened so far, and what must hold after every step."""

    office: Office
    clerk: Clerks
    chance: random.Random
    path_id: str
    clerks: list[Clerk]
    """One a link; only the last one's link holds."""
    covered: bool = True
    consent: str = "k2"
    form: dict[str, str] = field(default_factory=dict)
    """Of a page that was seen earlier, perhaps in another visit."""
    steps: list[str] = field(default_factory=list)

    async def go(self, step: str) -> None:
        """One step of a clerk that chance chooses, then the rule."""
        self.steps.append(step)
        await getattr(self, step)(self.chance.choice(self.clerks))
        for one in self.clerks if not self.covered else self.clerks[:-1]:
            assert (await one.client.get(one.door)).status_code == 410, self.steps
            assert not one.task or (await one.page()).status_code == 410, self.steps

    async def ask(self, one: Clerk) -> None:
        """Asks for a code."""
        holds = self.covered and one is self.clerks[-1]
        assert (await one.ask()).status_code in ((303, 429) if holds else (410,)), self.steps
        self.office.clock.forward(seconds=61)

    async def enter(self, one: Clerk) -> None:
        """Enters the newest code, whoever's it is."""
        if one.postbox.mails:
            entered = await one.enter(one.postbox.code)
            assert self.covered or entered.status_code == 410, self.steps

    async def page(self, one: Clerk) -> None:
        """Looks at the page."""
        page = await one.page() if one.task else None
        if page is None:
            return
        assert self.covered or (page.status_code == 410 and NAME not in page.text), self.steps
        if page.status_code == 200:
            self.form = hidden(page, f"{one.task}/leave")

    async def query(self, one: Clerk) -> None:
        """Asks back, if the page is open."""
        if one.task and (await one.page()).status_code == 200:
            assert self.covered, self.steps
            await one.answer("query", documents=["D1"])

    async def accept(self, one: Clerk) -> None:
        """Sends a form that was seen earlier; one that was taken before gets its answer again and changes nothing."""
        if one.task and self.form:
            before = await self.office.state()
            sent = await one.send("accept", self.form)
            assert self.covered or sent.status_code in (303, 403, 410), self.steps
            assert self.covered or await self.office.state() == before, self.steps

    async def withdraw(self, _one: Clerk) -> None:
        """The person withdraws the consent."""
        if self.covered:
            address = f"/v1/paths/{self.path_id}/consents/{self.consent}/revocation"
            assert (await self.office.manager.post(address)).status_code == 201
            self.covered = False

    async def renew(self, _one: Clerk) -> None:
        """The person consents again, and the handover is offered again."""
        if not self.covered:
            self.consent = f"n{len(self.steps)}"
            more = {"id": self.consent, "purpose": "P2", "recipient": "jobcenter", "categories": list(NAMED)}
            given = await self.office.manager.post(f"/v1/paths/{self.path_id}/consents", more | {"form": "written"})
            assert given.status_code == 201, given.text
            token, _ = await self.office.offer(self.path_id)
            self.clerks.append(self.clerk(token))
            self.covered = True

    async def wait(self, _one: Clerk) -> None:
        """Time passes; codes and visits grow old."""
        self.office.clock.forward(minutes=7)


@pytest.mark.parametrize("seed", range(10))
async def test_in_whatever_order_nothing_is_shown_or_taken_without_a_consent_in_force(
    office: Office, clerk: Clerks, seed: int
) -> None:
    path_id, token = await offered(office, consented(*NAMED))
    course = Course(office, clerk, random.Random(seed), path_id, [clerk(token)])
    for _ in range(20):
        await course.go(course.chance.choice(STEPS))
