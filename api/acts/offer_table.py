"""Offers as a table: read line by line, checked as the form checks them, put into the register all or none.

No file is kept and nothing is guessed; what is wrong is told by line, for whoever mends the table.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from api.acts.offers import OfferIn, check_offer, put_into_register
from api.acts.writing import Writing
from api.caller import Caller
from api.problems import sentence_of
from api.services import Services
from process_models.catalogue import Catalogue
from process_models.errors import FactInvalid, KimError
from process_models.phrases import Phrase
from process_models.rules import Municipality
from store.offers import WantedOffers, list_offers
from store.tenants import get_tenant

MOST_LINES: Final = 200
_LISTS: Final = ("places", "languages")
_NEEDED: Final = ("kind", "title", "agency")
_KNOWN: Final = tuple(OfferIn.model_fields)
_IGNORED: Final = ("confirmed_on",)
"""The register as CSV has it; whoever imports says that the line is right today."""
_DELIMITERS: Final = ("\t", ";", ",")
_Same = tuple[str, str, str]


class TableReceipt(BaseModel):
    """How many offers were put into the register."""

    count: int


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of the table. `wrong`: column (empty: none of them) and what is wrong with it."""

    number: int
    title: str
    offer: OfferIn | None
    wrong: tuple[tuple[str, str], ...] = ()


async def preview_table(tools: Services, caller: Caller, text: str) -> tuple[TableLine, ...]:
    """What an import would do. Changes nothing. Errors: FactInvalid for what is no table of offers."""
    scope = caller.scope(tools.now())
    async with tools.database.reading() as session:
        tenant = await get_tenant(session, caller.tenant)
        catalogue = await tools.catalogues.of_tenant(session, tenant.id)
        known = {_same(row) for row in await list_offers(session, scope, WantedOffers())}
    return tuple(_lines(text, catalogue, catalogue.municipality(tenant.municipality), known))


def import_table(text: str) -> Callable[[Writing], Awaitable[TableReceipt]]:
    """The act that puts every line into the register, or none. Errors: FactInvalid if any line is wrong."""

    async def act(writing: Writing) -> TableReceipt:
        config = writing.catalogue.municipality(writing.tenant.municipality)
        known = {_same(row) for row in await list_offers(writing.session, writing.call.scope, WantedOffers())}
        lines = tuple(_lines(text, writing.catalogue, config, known))
        if any(line.wrong for line in lines):
            raise FactInvalid("Die Tabelle hat noch Fehler; nichts wurde übernommen.", field="table")
        for line in lines:
            assert line.offer is not None
            await put_into_register(line.offer)(writing)
        return TableReceipt(count=len(lines))

    return act


def _lines(text: str, catalogue: Catalogue, config: Municipality, known: set[_Same]) -> Iterator[TableLine]:
    """Every line, checked; the same offer twice, in the table or in the register, is wrong."""
    seen = set(known)
    for number, cells in _rows(text):
        line = _line(number, cells)
        if line.offer is not None:
            line = _checked(line, line.offer, catalogue, config, seen)
            seen.add(_same(line.offer))
        yield line


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Numbers and cells of the lines below the headings. Errors: FactInvalid."""
    plain = text.removeprefix("\ufeff").strip("\n")
    heading = plain.partition("\n")[0]
    delimiter = next((one for one in _DELIMITERS if one in heading), ";")
    reader = csv.reader(io.StringIO(plain), delimiter=delimiter)
    names = [name.strip() for name in next(reader, [])]
    if not set(_NEEDED) <= set(names) <= {*_KNOWN, *_IGNORED}:
        raise FactInvalid(
            "Die erste Zeile nennt die Spalten; eine fehlt oder ist nicht bekannt.",
            field="table",
            allowed=_KNOWN,
        )
    rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    if not 0 < len(rows) <= MOST_LINES:
        raise FactInvalid("Eine Tabelle hat mindestens eine Zeile und höchstens 200.", field="table")
    for number, row in rows:
        yield number, dict(zip(names, map(_plain, row), strict=False))


def _plain(cell: str) -> str:
    """A cell without the mark that keeps a spreadsheet from taking it for a formula."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:2] in ("=", "+", "-", "@") else text


def _line(number: int, cells: dict[str, str]) -> TableLine:
    data: dict[str, Any] = {name: cells[name] for name in _KNOWN if cells.get(name)}
    data |= {name: [one.strip() for one in cells.get(name, "").split(",") if one.strip()] for name in _LISTS}
    title = cells.get("title", "")
    try:
        return TableLine(number, title, OfferIn.model_validate(data))
    except ValidationError as error:
        wrong = tuple((str(next(iter(one["loc"]), "")), sentence_of(one)) for one in error.errors())
        return TableLine(number, title, None, wrong)


def _checked(
    line: TableLine, offer: OfferIn, catalogue: Catalogue, config: Municipality, seen: set[_Same]
) -> TableLine:
    wrong: list[tuple[str, str]] = []
    try:
        check_offer(catalogue, config, offer, kind=offer.kind, agency=offer.agency)
    except KimError as refusal:
        wrong.append((refusal.field or "", refusal.detail))
    if _same(offer) in seen:
        wrong.append(("title", Phrase("Dieses Angebot steht schon im Verzeichnis oder weiter oben in der Tabelle.")))
    return TableLine(line.number, line.title, offer, tuple(wrong))


def _same(offer: Any) -> _Same:
    return offer.kind, offer.agency, offer.title.casefold()
