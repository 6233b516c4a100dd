"""Every form that people can come to: pages are walked by their links, and a form is sent as a browser sends it."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from fastapi import FastAPI
from httpx2 import AsyncClient, Cookies, Response
from sqlalchemy import func, select

from api.services import Services
from store.database import Database
from store.tables import Record
from tests.pages.every_page import PageRoute, page_routes
from tests.pages.forms_found import FoundField, FoundForm, FoundPage, read_whole

ODD: Final = "Ǧulšan Şerife Muñoz-Đặng <b>&\"'"
"""A name that is spoiled by whoever forgets an escape, or thinks that letters are few."""
TOO_LONG: Final = ODD + "ü" * 5000
NO_DAY: Final = "31.02.2026"
NOT_OFFERED: Final = "gibt-es-nicht"
NOT_SAID_AGAIN: Final[dict[tuple[str, str], str]] = {
    ("/l/{token}", "code"): "a code is a secret",
}
"""Fields that come back empty, and why."""
_ALIKE: Final = 4
"""So many pages of one kind are looked at; more of them have the same forms."""
_FRESH: Final = ("csrf", "once", "part", "version", "bound")
"""Hidden fields that say nothing about what a form does."""
_GETS, _POSTS = page_routes("GET"), page_routes("POST")


@dataclass(frozen=True)
class FormCase:
    """A form on a page, as one of its buttons sends it, in front of somebody who may."""

    route: PageRoute
    client: AsyncClient
    page: str
    """Address of the page."""
    form: FoundForm
    button: tuple[str, str] | None

    @property
    def action(self) -> str:
        """Where the form goes; an empty address is that of the page."""
        return self.form.action or self.page

    @property
    def kind(self) -> tuple[Any, ...]:
        """Forms of one kind are tested once."""
        hidden = {name: value for name, value in self.form.hidden.items() if name not in _FRESH}
        told = ("answer", "step")
        return (
            self.route.path,
            tuple(sorted(self.form.fields)),
            tuple(sorted(hidden)),
            tuple(hidden[name] for name in told if name in hidden),
            self.button,
            urlsplit(self.action).query,
        )

    def __str__(self) -> str:
        pressed = f" [{'='.join(self.button)}]" if self.button else ""
        return f"{self.route.path} on {urlsplit(self.page).path}{pressed}"


async def pages_from(client: AsyncClient, starts: tuple[str, ...]) -> list[tuple[str, FoundPage]]:
    """Every page that is reached from these by links, a few of each kind."""
    waiting, seen, counts, found = list(starts), set(starts), dict[tuple[str, tuple[str, ...]], int](), []
    while waiting:
        address = waiting.pop(0)
        kind = _kind_of(address)
        if kind is None or counts.setdefault(kind, 0) >= _ALIKE:
            continue
        counts[kind] += 1
        answer = await client.get(address, headers={"Accept": "text/html"})
        page = (
            read_whole(answer.text) if answer.headers.get("content-type", "").startswith("text/html") else FoundPage()
        )
        if answer.status_code == 200:
            found.append((address, page))
        fresh = [_on_site(link, address) for link in (*page.links, answer.headers.get("location", ""))]
        waiting += [one for one in dict.fromkeys(fresh) if one and one not in seen]
        seen.update(fresh)
    return found


def _on_site(link: str, address: str) -> str:
    """Where a link of the page leads, without the place on it; empty for other sites and other languages."""
    parts = urlsplit(urljoin(address, link))
    if parts.netloc or "language" in dict(parse_qsl(parts.query)):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _kind_of(address: str) -> tuple[str, tuple[str, ...]] | None:
    parts = urlsplit(address)
    route = next((one for one in _GETS if one.fits(parts.path)), None)
    said = tuple(sorted(name if name != "step" else f"step={value}" for name, value in parse_qsl(parts.query)))
    return (route.path, tuple(dict.fromkeys(said))) if route else None


def cases(client: AsyncClient, address: str, page: FoundPage) -> Iterator[FormCase]:
    """The forms of a page, one case a button."""
    for form in page.forms:
        if form.method != "post":
            continue
        path = urlsplit(form.action or address).path
        route = min((one for one in _POSTS if one.fits(path)), key=lambda one: len(one.names), default=None)
        assert route is not None, f"{address}: a form goes to {path}, where nothing is"
        for button in form.buttons:
            said = (button["name"], button["value"]) if button.get("name") else None
            yield FormCase(route, client, address, form, said)


def filled(case: FormCase, good: dict[str, str]) -> dict[str, list[str]]:
    """The form as somebody fills it in properly; `good` says what no machine could guess."""
    body = {name: [value] for name, value in case.form.hidden.items()}
    for one in case.form.fields.values():
        values = [good[one.name]] if one.name in good else _natural(one)
        if values or one.kind not in ("radio", "tick"):
            body[one.name] = values or [""]
    return body | ({case.button[0]: [case.button[1]]} if case.button else {})


def _natural(one: FoundField) -> list[str]:
    kept = [value for value in one.values if value]
    if kept or (not one.required and one.kind not in ("radio", "select")):
        return kept
    if one.kind in ("select", "radio"):
        offered = [value for value in one.options if value]
        return offered[:1] if one.required or one.kind == "radio" else [""]
    return [ODD] if one.kind != "date" else ["2022-02-25"]


def mistakes(case: FormCase, good: dict[str, list[str]]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """The same form with one field wrong: what is wrong in each kind of field."""
    wrong = {"text": TOO_LONG, "area": TOO_LONG, "date": NO_DAY}
    for one in case.form.fields.values():
        may_be_empty = one.kind != "select" or "" in one.options
        for bad in (wrong.get(one.kind, NOT_OFFERED), *([""] if one.required and may_be_empty else ())):
            yield one.name, good | {one.name: [bad]} | ({"once": [token_urlsafe(18)]} if "once" in good else {})


async def send(case: FormCase, body: dict[str, list[str]], times: int = 1) -> list[Response]:
    """Sends the form, so many times at once; all come from a browser as it was before, whatever cookies come back."""
    headers = {"Origin": str(case.client.base_url).rstrip("/"), "Content-Type": "application/x-www-form-urlencoded"}
    before = Cookies(case.client.cookies)
    content = urlencode(body, doseq=True)
    sent = [case.client.post(case.action, content=content, headers=headers) for _ in range(times)]
    answers = await asyncio.gather(*sent)
    case.client.cookies = before
    return answers


def complaints(case: FormCase, field: str, body: dict[str, list[str]], answer: Response) -> Iterator[str]:
    """What is amiss with the page that answers a form with this field wrong."""
    if answer.status_code not in (400, 409, 422):
        yield f"answers {answer.status_code}"
        return
    page = read_whole(answer.text)
    again = [one for one in page.forms if _is_again(case, one) and field in one.fields]
    if len(again) != 1:
        yield "the form is not there again" if not again else "more than one form looks like it"
        return
    if not page.title.startswith("Fehler: "):
        yield "the title does not begin with the error"
    yield from _untied(page, again[0].fields[field])
    for name in case.form.fields:
        if (case.route.path, name) not in NOT_SAID_AGAIN and not _holds(again[0], name, body.get(name, [])):
            yield f"{name} does not hold what was typed"
    if len(page.ids) != len(set(page.ids)):
        yield f"ids twice: {sorted({one for one in page.ids if page.ids.count(one) > 1})}"


def _is_again(case: FormCase, form: FoundForm) -> bool:
    part = case.form.hidden.get("part")
    return (form.method, form.action or case.page) == ("post", case.action) and form.hidden.get("part") == part


def _holds(form: FoundForm, name: str, sent: list[str]) -> bool:
    """Whether a field holds what was sent, as far as it can; one that the form does not show carries it on."""
    if name not in form.fields:
        return form.hidden.get(name, "") == "".join(sent[-1:])
    one = form.fields[name]
    offered = sent if one.kind in ("text", "area", "date") else [value for value in sent if value in one.options]
    return (one.values if one.kind != "select" or offered else []) == offered


def _untied(page: FoundPage, field: FoundField) -> Iterator[str]:
    if not any(f"#{one}" in (page.summary or []) for one in field.ids):
        yield "the summary does not lead to the field"
    if not set(page.summary or []) <= {f"#{one}" for one in page.ids}:
        yield "the summary leads nowhere"
    errors = [one for one in field.described if one in page.ids and page.texts.get(one, "").startswith("Fehler:")]
    if not field.invalid or not errors:
        yield "no error is tied to the field"


def differences(one: Response, other: Response, once: dict[str, int], twice: dict[str, int]) -> Iterator[str]:
    """What is not the same after a form was sent once and twice: what people are told, and what was kept."""
    if _said(one) != _said(other):
        yield f"answers {one.status_code}, then {other.status_code}: {said_of(other)}"
    yield from (f"keeps {twice[name] - count} more in {name}" for name, count in once.items() if twice[name] != count)


def said_of(answer: Response) -> str:
    """What a page says is wrong."""
    page = read_whole(answer.text)
    return f"{page.title} {[text for text in page.texts.values() if text.startswith('Fehler')]}"


def _said(answer: Response) -> tuple[Any, ...]:
    """The answer but for the keys of its forms."""
    text = re.sub(r'(name="(?:once|csrf)" value=")[^"]*', r"\1", answer.text)
    return answer.status_code, answer.headers.get("location"), text


class Copies:
    """The same records again and again: each form begins where all others began."""

    def __init__(self, app: FastAPI, database: Database, file: Path) -> None:
        self._app = app
        self._keyring = database.keyring
        self._file = file
        self._made = 0
        self.database = database

    async def fresh(self) -> None:
        """Puts a fresh copy behind the application."""
        await self.database.close()
        self._made += 1
        file = self._file.with_name(f"copy-{self._made}.db")
        await asyncio.to_thread(shutil.copy, self._file, file)
        self.database = Database(f"sqlite+aiosqlite:///{file}", self._keyring)
        services: Services = self._app.state.services
        self._app.state.services = replace(services, database=self.database)


async def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    async with database.reading() as session:
        tables = Record.metadata.sorted_tables
        return {one.name: await session.scalar(select(func.count()).select_from(one)) or 0 for one in tables}
