"""A table of offers is pasted: previewed with its errors by line, and taken into the register whole or not at all."""

from __future__ import annotations

from collections.abc import Callable

from httpx2 import Response

from api.acts.offer_table import MOST_LINES
from store.need_tables import Offer
from tests.api.conftest import MUNICIPALITY
from tests.api.office import Office
from tests.pages.visitors import Visitor

Visitors = Callable[[], Visitor]
OTTI = "demo-koordination"
HEAD = "kind;title;agency;places;languages;capacity;free"
GOOD = f"""{HEAD}
language;Deutsch mit Ğülşan & Đặng;kurstraeger-rkn;"meerbusch,neuss";uk,ar;12;3
work;Bewerbungen schreiben;jobcenter-rkn;;;;
"""


async def shown(visitor: Visitors, table: str) -> tuple[Visitor, Response]:
    """The preview of a table."""
    keeper = visitor()
    await keeper.sign_in(OTTI, MUNICIPALITY)
    page = await keeper.open("/offers/import")
    return keeper, await keeper.send(page, "/offers/import", {"table": table})


async def test_a_table_is_previewed_and_taken_into_the_register(office: Office, visitor: Visitors) -> None:
    keeper, preview = await shown(visitor, GOOD)
    assert preview.status_code == 200
    assert "Alle Zeilen übernehmen" in preview.text
    assert await office.count(Offer) == 0
    taken = await keeper.send(preview, "/offers/import", {"table": GOOD, "step": "take"})
    assert taken.status_code == 303
    register = (await keeper.open("/offers")).text
    assert "Deutsch mit Ğülşan &amp; Đặng" in register
    assert await office.count(Offer) == 2


async def test_one_wrong_line_keeps_the_whole_table_out_and_is_told_by_its_number(
    office: Office, visitor: Visitors
) -> None:
    table = GOOD + "language;Kurs am Mond;kurstraeger-rkn;mond;;;\nlanguage;Ku;nobody;;;5;9\n"
    keeper, preview = await shown(visitor, table)
    assert preview.status_code == 422
    assert "Zeile 4, places: Diesen Ort kennt die Konfiguration der Kommune nicht." in preview.text
    assert "Zeile 5, title:" in preview.text
    assert "Alle Zeilen übernehmen" not in preview.text
    again = await keeper.send(preview, "/offers/import", {"table": table, "step": "take"})
    assert again.status_code == 422
    assert await office.count(Offer) == 0


async def test_what_the_register_exports_it_takes_in_and_never_twice(office: Office, visitor: Visitors) -> None:
    keeper, preview = await shown(visitor, GOOD)
    await keeper.send(preview, "/offers/import", {"table": GOOD, "step": "take"})
    exported = (await keeper.open("/offers.csv")).text
    page = await keeper.open("/offers/import")
    again = await keeper.send(page, "/offers/import", {"table": exported})
    assert again.status_code == 422
    assert again.text.count("steht schon im Verzeichnis") == 2
    other = exported.replace("Bewerbungen schreiben", "Bewerbungen üben").replace("Deutsch mit", "Sprechen mit")
    fresh = await keeper.send(page, "/offers/import", {"table": other, "step": "take"})
    assert fresh.status_code == 303
    assert await office.count(Offer) == 4


async def test_a_table_pasted_from_a_spreadsheet_has_tabs_and_the_same_offer_twice_is_wrong(visitor: Visitors) -> None:
    line = "work\tBewerbungen schreiben\tjobcenter-rkn"
    _, preview = await shown(visitor, f"kind\ttitle\tagency\n{line}\n{line}\n")
    assert "Zeile 3, title: Dieses Angebot steht schon im Verzeichnis oder weiter oben in der Tabelle." in preview.text
    assert "Zeile 2" not in preview.text


async def test_what_is_no_table_of_offers_is_refused_with_a_reason(visitor: Visitors) -> None:
    for table in ("Deutschkurs am Abend", "kind;title\nwork;Kurs", HEAD, "kind;title;agency;price\nwork;a;b;c"):
        _, preview = await shown(visitor, table)
        assert preview.status_code == 422, table
        assert "Tabelle hat mindestens eine Zeile" in preview.text or "nennt die Spalten" in preview.text
    many = "kind;title;agency\n" + "\n".join(f"work;Kurs {n};jobcenter-rkn" for n in range(MOST_LINES + 1))
    _, preview = await shown(visitor, many)
    assert "höchstens 200" in preview.text
