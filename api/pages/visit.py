"""A visit to a page: who comes, in which language, with which form, and the ways to answer.

Every page takes `Visitor` (anybody) or `opens(permission)` (somebody with that permission). Forms are trusted only
from our own pages, with the token of the session.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from babel import Locale
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from api.acts.writing import Act, Call, Given, Outcome, Sent, Writing, write, write_once
from api.caller import Caller, check
from api.errors import ForeignOrigin, LoginMissing
from api.pages import cookies
from api.pages.forms import CSRF, ONE_TIME_KEY, Form, FormRefused, read_form
from api.pages.navigation import entries_for
from api.pages.templates import render
from api.pages.words import LANGUAGES, translations
from api.permissions import PERMISSIONS
from api.services import Services, Tools, is_loopback
from process_models.errors import KimError
from store.account_tables import Account, SignIn
from store.accounts import find_session, mark_seen, needs_mark
from store.idempotency import Answer, find_answer, keep_answer
from store.scope import Scope

_SAFE: Final = ("GET", "HEAD")
_NOT_OF_THE_FORM: Final = (401, 403, 404, 410, 500, 503)
"""Refusals that no other form would change, unless they are about one of its fields."""
Receipt_ = TypeVar("Receipt_", bound=BaseModel)


class SignInNeeded(LoginMissing):
    """Nobody is signed in, or the session is over."""

    title = "Bitte melden Sie sich an"


@dataclass
class Visit:
    """One request to a page."""

    request: Request
    tools: Services
    language: str
    form: Form = field(default_factory=Form)
    sign_in: SignIn | None = None
    _caller: Caller | None = None

    @property
    def caller(self) -> Caller:
        """Who is signed in. Errors: SignInNeeded."""
        if self._caller is None:
            raise SignInNeeded("Ihre Sitzung ist abgelaufen, oder Sie sind nicht angemeldet.")
        return self._caller

    @property
    def signed_in(self) -> bool:
        """Whether somebody is signed in."""
        return self._caller is not None

    @property
    def now(self) -> datetime:
        """The wall clock."""
        return self.tools.now()

    @property
    def scope(self) -> Scope:
        """What the caller sees; every query takes it."""
        return self.caller.scope(self.now)

    @property
    def csrf(self) -> str:
        """The token that every form of this session carries; empty where nobody is signed in."""
        return _derived(self._caller.secret, "csrf") if self._caller else ""

    @property
    def demo(self) -> bool:
        """Whether one-click roles are offered: on a local stack, to who calls it by its loopback name (no proxy)."""
        return self.tools.options.demo and is_loopback(self.request.url.hostname or "")

    def may(self, permission: str) -> bool:
        """Whether the caller has this permission: for links and buttons that others shall not see."""
        return self._caller is not None and self._caller.role in PERMISSIONS[permission]

    def query(self, **changes: str) -> str:
        """The address of this page with other parameters, relative: `?language=en`; an empty one is left out."""
        kept = [pair for pair in self.request.query_params.multi_items() if pair[0] not in changes]
        return "?" + urlencode([(name, value) for name, value in (*kept, *changes.items()) if value])

    def say(self, german: str, **values: object) -> str:
        """The sentence in the visitor's language, with its values put in."""
        return (
            translations(self.language).gettext(german) % values
            if values
            else translations(self.language).gettext(german)
        )

    def tongues(self, codes: Iterable[str]) -> list[tuple[str, str]]:
        """Languages by code, with their names in the visitor's language: `("ar", "Arabisch")`."""
        names = Locale.parse(self.language).languages
        return [(code, names.get(code, code)) for code in codes]

    def place(self, code: str) -> str:
        """A place as it is written: `Jüchen`."""
        return self.tools.catalogues.shipped.place_name(code)

    def refused(self, refusal: KimError, fields: Mapping[str, str] | None = None) -> int:
        """Notes a refusal at its field, and says the status of the page that is then shown again as it was typed.

        What was chosen and does not exist is wrong in the form; what the address speaks of is refused as it is.
        `fields`: name in the rules -> name on the page. Errors: the refusal itself, if the form cannot mend it.
        """
        field = refusal.field or ""
        if refusal.status not in _NOT_OF_THE_FORM:
            self.form.note(refusal, fields)
            return refusal.status
        if not self.form.has((fields or {}).get(field, field)):
            raise refusal
        self.form.note(refusal, fields)
        return FormRefused.status

    def page(self, template: str, status: int = 200, **context: object) -> HTMLResponse:
        """The page of this template. Whatever is in `context` is escaped."""
        notice = cookies.read_notice(self.request, self._notice_key())
        shell: dict[str, object] = {
            "visit": self,
            "form": self.form,
            "language": self.language,
            "languages": LANGUAGES,
            "navigation": entries_for(self._caller.role) if self._caller else (),
            "notice": notice,
            "demo": self.demo,
            "here": self.request.url.path,
        }
        text = render(self.language, template, shell | context)
        answer = HTMLResponse(text, status, headers={"Content-Language": self.language, "Vary": "Accept-Language"})
        if notice:
            cookies.forget_notice(answer)
        if self.request.query_params.get("language") == self.language:
            cookies.keep_language(answer, self.language, self.tools.options)
        return answer

    def to(self, address: str, notice: str = "", kind: str = "success") -> Response:
        """After a form: on to another page, which shows the notice once. `kind`: success, info, warning or danger."""
        answer = RedirectResponse(address, status_code=303)
        if notice:
            cookies.keep_notice(answer, self._notice_key(), notice, kind)
        return answer

    async def write(self, act: Act) -> Outcome:
        """Carries an act out once, however often this form is sent. Errors: what the act refuses."""
        return await write(self.tools, self._call(), act)

    async def write_once(self, act: Callable[[Writing], Awaitable[Given]], kind: type[Given]) -> Given:
        """As `write`, for acts with a receipt of another kind."""
        receipt, _replayed = await write_once(self.tools, self._call(), act, kind)
        return receipt

    async def write_for(self, act: Callable[[Writing], Awaitable[Receipt_]], kind: type[Receipt_]) -> Receipt_:
        """As `write`, for acts with a receipt of their own. Errors: what the act refuses."""
        receipt, _replayed = await write_once(self.tools, self._call(), act, kind)
        return receipt

    async def once(self, work: Callable[[AsyncSession], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """As `write`, for what is no act on a path: one transaction; its answer (ids and codes) is kept."""
        actor, sent = self.caller.actor, self.sent(self.caller.secret)
        async with self.tools.database.transaction() as session:
            kept = await find_answer(session, actor, sent.key, sent.fingerprint)
            if kept is not None:
                return kept.body
            done = await work(session)
            await keep_answer(session, actor, sent.key, sent.fingerprint, Answer(200, done))
        self.tools.news.wake()
        return done

    def secret(self, purpose: str) -> str:
        """256 bits that only this form of this session gives, the same however often it is sent; kept nowhere."""
        return _derived(self.caller.secret, f"{purpose} {self.sent(self.caller.secret).key}")

    def sent(self, secret: str) -> Sent:
        """This form as it was sent, with a digest under a secret of whoever sends it. Errors: ForeignOrigin."""
        key = self.form.value(ONE_TIME_KEY)
        if not 16 <= len(key) <= 64 or not key.isascii():
            raise ForeignOrigin("Dieses Formular ist unvollständig. Bitte die Seite neu laden.")
        text = f"{self.request.method} {self.request.url.path} {self.form.same()}"
        return Sent(key, _derived(secret, text))

    def _call(self) -> Call:
        caller = self.caller
        sent = self.sent(caller.secret)
        return Call(caller.actor, caller.role, caller.tenant, sent.key, sent.fingerprint, caller.scope(self.now))

    def _notice_key(self) -> str:
        return _derived(self._caller.secret, "notice") if self._caller else ""


async def visit_of(request: Request, tools: Tools) -> Visit:
    """The visit of anybody. Errors: ForeignOrigin, UnsupportedMedia for a form that is not ours."""
    visit = Visit(request, tools, cookies.language_of(request))
    request.state.visit = visit
    token = cookies.session_of(request, tools.options)
    if token:
        await _recognise(visit, token)
    if request.method not in _SAFE:
        _require_own_page(request, strict=visit.signed_in)
        visit.form = await read_form(request)
        if visit.signed_in and not hmac.compare_digest(visit.form.value(CSRF).encode(), visit.csrf.encode()):
            raise ForeignOrigin("Dieses Formular gehört nicht zu Ihrer Sitzung. Bitte die Seite neu laden.")
    return visit


Visitor = Annotated[Visit, Depends(visit_of)]


def opens(permission: str) -> Callable[..., Awaitable[Visit]]:
    """A dependency that lets only visitors pass who are signed in with a role that has the permission."""
    assert permission in PERMISSIONS

    async def permitted(visit: Visitor) -> Visit:
        check(visit.caller, permission)
        return visit

    permitted.permission = permission  # type: ignore[attr-defined]
    return permitted


def caller_of(account: Account, token: str) -> Caller:
    """The account as a caller of acts and reads."""
    return Caller(
        account.id,
        account.role,
        account.tenant_id,
        token,
        account.id,
        account.display_name,
        account.agency,
        account.body,
        tuple(account.municipalities),
    )


def own_address(address: str, otherwise: str = "/desk") -> str:
    """An address on this site, whatever was asked for: nobody is sent elsewhere by a link."""
    parts = urlsplit(address)
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return address if safe and address.isprintable() and "\\" not in address else otherwise


def sign_in_address(request: Request) -> str:
    """Where somebody who must sign in first is sent, and comes back from."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?next={quote(wanted)}"


async def _recognise(visit: Visit, token: str) -> None:
    now = visit.now
    async with visit.tools.database.reading() as session:
        found = await find_session(session, token, now)
    if found is None:
        return
    visit.sign_in, account = found
    visit._caller = caller_of(account, token)
    if needs_mark(visit.sign_in, now):
        async with visit.tools.database.transaction() as session:
            await mark_seen(session, visit.sign_in.id, now)


def _require_own_page(request: Request, *, strict: bool) -> None:
    """Browsers say where a form comes from. `strict`: they must say so."""
    headers = request.headers
    origin, site = headers.get("origin", ""), headers.get("sec-fetch-site", "")
    own_origin = origin not in ("", "null") and urlsplit(origin).netloc == headers.get("host", "")
    foreign = (origin not in ("", "null") and not own_origin) or site not in ("", "same-origin", "none")
    if foreign or (strict and not own_origin and site != "same-origin"):
        raise ForeignOrigin("Bitte öffnen Sie die Seite selbst und senden Sie das Formular dort ab.")


def _derived(secret: str, purpose: str) -> str:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()
