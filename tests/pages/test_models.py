"""The pages of versions: from a decision to a draft, its preview, the release in a person's name, and the effect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

from temporalio.testing import ActivityEnvironment

from activities.previews import PreviewActivities
from api.pages import models as pages
from process_models.catalogue import catalogue
from process_models.messages import PreviewPage
from store.body_items import put_on_agenda
from store.catalogues import Catalogues
from store.database import Database
from store.meetings import NewResolution, resolve
from store.model_versions import list_versions
from store.tables import BodyItem
from tests.api.office import TestClock
from tests.api.test_bodies import about_h01
from tests.pages.browser import Guest
from tests.pages.visitors import Visitor, hidden

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
OFFICE, STEERING, ADMIN = "demo-koordination", "demo-lenkungsgruppe", "demo-verwaltung"
BEFORE = "    typical_stall: Jobcenter verlangt den eAT; kein Bankkonto; Sozialamt stellt automatisch ein"
AFTER = "    typical_stall: kein Bankkonto"


async def adopted(database: Database) -> BodyItem:
    async with database.transaction() as session:
        item = await put_on_agenda(session, about_h01("lenkung", paths=7))
        decided = NewResolution("adopt", date(2022, 2, 14), "Lenkungsgruppe", text="Bescheid und Gestattung genügen.")
        await resolve(session, item, decided)
    return item


async def counted(database: Database, clock: TestClock) -> None:
    """As the worker does."""
    async with database.reading() as session:
        [version] = await list_versions(session)
    activities = PreviewActivities(database, Catalogues(catalogue()))
    while not (
        await ActivityEnvironment().run(activities.count, PreviewPage(version_id=version.id, now=clock()))
    ).finished:
        pass


async def test_a_decision_becomes_a_version_in_force(
    guest: Guests, tenant: str, database: Database, clock: TestClock
) -> None:
    item = await adopted(database)
    office = await guest()
    office.page.set_default_timeout(60_000)  # a draft is checked like the whole model
    await office.sign_in(OFFICE, wanted=f"/items/{item.id}")
    await office.press("Entwurf einer neuen Fassung aus diesem Beschluss")
    await office.check()
    await office.fill("Bisheriger Text", BEFORE)
    await office.fill("Neuer Text (freiwillig)", "    typical_stal: kein Bankkonto")
    await office.press("Entwurf prüfen und anlegen")
    assert "gemeint ist vielleicht" in await office.page.inner_text("main")
    await office.check()
    assert await office.page.get_by_label("Bisheriger Text").input_value() == BEFORE
    await office.fill("Neuer Text (freiwillig)", AFTER)
    await office.fill("Wofür (freiwillig)", "Übergangsvereinbarung")
    await office.press("Entwurf prüfen und anlegen")
    shown = await office.page.inner_text("main")
    assert "Bescheid und Gestattung genügen." in shown
    assert "Vorbereitet von\nOttilie Musterfeld" in shown
    await office.press("Vorschau zählen")
    assert "Sie wird noch gezählt" in await office.page.inner_text("main")
    await counted(database, clock)
    await office.page.reload()
    assert "Wege verglichen\n0" in await office.page.inner_text("main")
    await office.check()
    address = office.page.url.rpartition("/")[2]

    admin = await guest()
    await admin.sign_in(ADMIN)
    await admin.open("/models")
    await admin.check()
    await admin.press("Rhein-Kreis Neuss")
    assert address in await admin.page.inner_text("main")
    await admin.check()
    await admin.open(f"/models/{tenant}/{address}")
    await admin.fill("Wege je Minute, höchstens", "0")
    await admin.press("Fassung freigeben")
    assert (await admin.page.title()).startswith("Fehler: ")
    await admin.check()
    await admin.fill("Wege je Minute, höchstens", "60")
    await admin.press("Fassung freigeben")
    assert "Freigegeben von\nGero Platzhalter" in await admin.page.inner_text("main")
    await admin.check()

    await office.open(f"/models/{tenant}/{address}")
    assert "Nach der Freigabe ist noch kein Quartal vorbei." in await office.page.inner_text("main")
    await office.check()
    await office.open(f"/items/{item.id}")
    assert f"Umgesetzt in der Fassung {address}, in Kraft seit" in await office.page.inner_text("main")
    await office.check()

    await admin.fill("Grund", "falsch abgeschrieben")
    await admin.press("Fassung zurücknehmen")
    assert "zurückgenommen" in await admin.page.inner_text("main")


async def test_the_steering_group_sees_versions_and_may_change_nothing(
    visitor: Visitors, tenant: str, database: Database
) -> None:
    office, member = visitor(), visitor()
    await office.sign_in(OFFICE)
    form = {"file": pages._STARTS_WITH, "replace": BEFORE, "by": AFTER, "base": "", "resolution": ""}
    made = await office.send(
        await office.open("/models/rhein-kreis-neuss/draft"), "/models/rhein-kreis-neuss/draft", form
    )
    assert made.status_code == 303
    address = made.headers["location"]
    await member.sign_in(STEERING)
    shown = (await member.open(address)).text
    assert "Vorschau zählen" not in shown
    assert "Fassung freigeben" not in shown
    await member.open("/models/rhein-kreis-neuss/draft", status=403)
    form = hidden((await office.open(address)).text, f"{address}/preview")
    answer = await office.client.post(f"{address}/release", data=form, headers=office.headers)
    assert answer.status_code == 403
