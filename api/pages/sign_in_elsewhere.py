"""Signing in and out with the account of the administration: out to the identity provider and back.

The state of that short journey lies sealed in a cookie of its own; the session here begins at the return.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.acts.entering import enter, id_token_of
from api.errors import IdentityProviderAway, NothingHere
from api.identity_provider import BACK_CHANNEL, RETURN, IdentityProvider
from api.pages import cookies, journey
from api.pages.forms import read_form
from api.pages.shell import router as page_router
from api.pages.visit import Visit, Visitor, own_address
from api.services import Tools
from store.accounts import end_session, end_sessions_of

router = page_router()
back_channel = APIRouter(include_in_schema=False)


@router.get("/sign-in/start")
async def start(visit: Visitor, wanted: Annotated[str, Query(alias="next")] = "/desk") -> Response:
    """Out to the identity provider. Changes nothing here."""
    provider, request = _provider(visit), visit.request
    request.scope["session"] = {journey.WANTED: own_address(wanted)}
    address = await provider.begin(request, visit.tools.options.public_url + RETURN)
    answer = RedirectResponse(address, status_code=303)
    journey.pack(answer, request.session, visit.tools.options)
    return answer


@router.get(RETURN)
async def come_back(visit: Visitor) -> Response:
    """Back from the identity provider: the session begins, an older one in this browser ends."""
    provider, request = _provider(visit), visit.request
    request.scope["session"] = journey.unpack(request, visit.tools.options)
    wanted = own_address(str(request.session.get(journey.WANTED, "/desk")))
    signed_in = await provider.finish(request)
    token = await enter(visit.tools, signed_in.who, sid=signed_in.sid, id_token=signed_in.id_token)
    await _end_here(visit)
    answer = visit.to(wanted)
    cookies.keep_session(answer, token, visit.tools.options)
    journey.forget(answer, visit.tools.options)
    return answer


@router.post("/sign-out")
async def leave(visit: Visitor) -> Response:
    """Ends the session here; with an identity provider, there too."""
    await _end_here(visit)
    answer = visit.to(await _after(visit))
    cookies.forget_session(answer, visit.tools.options)
    return answer


@back_channel.post(BACK_CHANNEL)
async def end_from_afar(request: Request, tools: Tools) -> Response:
    """The identity provider says that a session is over; its signature is the permission."""
    provider = tools.options.identity_provider
    if provider is None:
        raise NothingHere("Unter dieser Adresse gibt es nichts.")
    token = (await read_form(request)).value("logout_token")
    ended, now = await provider.read_logout_token(token, tools.now()), tools.now()
    async with tools.database.transaction() as session:
        await end_sessions_of(session, provider.provider.issuer, sid=ended.sid, subject=ended.subject, now=now)
    return Response(status_code=200)


async def _after(visit: Visit) -> str:
    """Where signing out leads: the identity provider first, if the session began there and it answers."""
    home, provider = visit.tools.options.public_url + "/", visit.tools.options.identity_provider
    if provider is None or visit.sign_in is None or not visit.sign_in.id_token:
        return "/"
    try:
        return await provider.logout_address(id_token_of(visit.caller.secret, visit.sign_in), home)
    except IdentityProviderAway:
        return "/"


def _provider(visit: Visit) -> IdentityProvider:
    provider = visit.tools.options.identity_provider
    if provider is None:
        raise NothingHere("Bitte prüfen Sie die Adresse.")
    return provider


async def _end_here(visit: Visit) -> None:
    if visit.sign_in is not None:
        async with visit.tools.database.transaction() as session:
            await end_session(session, visit.sign_in.id, visit.now)
