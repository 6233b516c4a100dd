"""The pages over a simulated year answer for every role that looks at figures."""

from __future__ import annotations

from datetime import date

import httpx2
import pytest

from kim.simulate.year.processes import KEYRING
from kim.simulate.year.show import pages
from store.database import Database
from tests.year.counted_anew import PlayedYear

URL = "http://127.0.0.1:8000"
LOOKS = [
    ("demo-koordination", "/board", "Was stockt"),
    ("demo-koordination", "/workload", "Jolanda Ausgedacht"),
    ("demo-fallmanagement", "/desk", "KIM-"),
    ("demo-lenkungsgruppe", "/bodies/lenkung", "Tagesordnung"),
]


@pytest.mark.parametrize(("person", "address", "words"), LOOKS)
async def test_who_clicks_a_role_sees_the_year(played: PlayedYear, person: str, address: str, words: str) -> None:
    database = Database(played.url, KEYRING)
    app = pages(database, date(2027, 1, 4), URL)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url=URL, follow_redirects=True, timeout=60) as browser:
        form = {"person": person, "tenant": "rhein-kreis-neuss", "next": address}
        door = await browser.get("/sign-in")
        assert door.status_code == 200
        page = await browser.post("/sign-in/demo", data=form, headers={"Origin": URL})
    await database.close()
    assert page.status_code == 200, page.text[:500]
    assert words in page.text
