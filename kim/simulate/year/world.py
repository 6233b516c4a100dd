"""The parts that a simulated year needs, put together: records, rules, mail server, offices, and a clock of its own.

The caller chooses the database; everything else is made here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from api.services import ApiOptions, Services
from kim.simulate.stage import at
from kim.simulate.year.journal import Journal
from kim.simulate.year.lives import SHARES, Plan, lives
from kim.simulate.year.looking import WithoutTemporal
from kim.simulate.year.mail import Broken, YearMailer
from kim.simulate.year.office import open_office
from kim.simulate.year.playing import Clock, Progress, Year
from process_models.catalogue import Catalogue
from store.catalogues import Catalogues
from store.database import Database

PUBLIC_URL = "http://kim.test"


class NobodyToWake:
    """There is no relay: after every act the year itself looks into the outbox."""

    def wake(self) -> None:
        """Nothing to hurry."""

    async def temporal_reachable(self) -> bool:
        """There is none."""
        return False


@dataclass(frozen=True)
class PlayedYear:
    """A year that was played: what was done, and how often paths and bodies looked."""

    journal: Journal
    looks: int
    mails: int
    improved: str
    """From which day on the bad interface was better; empty if nobody decided about it."""


async def play_year(
    plan: Plan,
    database: Database,
    catalogue: Catalogue,
    municipalities: Collection[str] = tuple(SHARES),
    progress: Progress = lambda _: None,
) -> PlayedYear:
    """Plays the year of these municipalities into records that hold none of them yet.

    Tenants have nothing to do with each other: they may be played one beside the other.
    """
    clock = Clock(at(plan.first, 6))
    mailer = YearMailer(clock.now, broken_mailboxes(plan, catalogue))
    tools = Services(database, Catalogues(catalogue), NobodyToWake(), ApiOptions(now=clock.now, public_url=PUBLIC_URL))
    offices = {municipality: await open_office(tools, municipality, clock.now()) for municipality in municipalities}
    course = WithoutTemporal(database, catalogue, mailer, PUBLIC_URL, frozenset(municipalities))
    year = Year(plan, catalogue, database, clock, course, offices, progress, mailer.take_questions)
    journal = await year.play(life for life in lives(plan, catalogue) if life.municipality in municipalities)
    improved = year.agencies.improved_from
    mails = mailer.post.taken.total()
    return PlayedYear(journal, course.looks, mails, improved.isoformat() if improved else "")


def broken_mailboxes(plan: Plan, catalogue: Catalogue) -> tuple[Broken, ...]:
    """One mailbox a municipality refuses everything for three weeks, one after the other."""
    kinds = ("familienkasse", "jobcenter", "abh")
    found = []
    for number, (municipality, kind) in enumerate(zip(SHARES, kinds, strict=True)):
        agencies = catalogue.municipality(municipality).agencies
        address = next(agency.mail for agency in agencies if agency.kind == kind)
        since = plan.first + timedelta(days=60 + 90 * number)
        found.append(Broken(address, since, since + timedelta(days=20)))
    return tuple(found)
