"""Versions of the process models: drafted from a decision, previewed, released, withdrawn, and their effect.

Addresses, permissions and words only.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.acts.models import Work, draft_model, preview_model, release_model, see_versions, withdraw_model
from api.pages.shell import router as page_router
from api.pages.visit import Visit, opens
from api.reads_models import read_files, read_tenants, read_version
from api.schemas import DraftModel, EditIn, PathId, PathVersion, ReleaseModel, WithdrawModel
from process_models.errors import KimError
from process_models.releasing import DEFAULT_RATE, HIGHEST_RATE
from process_models.small_cells import SMALL

router = page_router()
Reader = Annotated[Visit, Depends(opens("model.read"))]
Drafter = Annotated[Visit, Depends(opens("model.draft"))]
Admin = Annotated[Visit, Depends(opens("model.manage"))]
_STARTS_WITH: Final = "law/handovers.yaml"
"""The file that a decision about an interface most often changes."""


class _Draft(BaseModel):
    file: str = Field(pattern=r"^(law|municipalities)/[a-z0-9_-]+\.yaml$")
    replace: str = Field(max_length=8000)
    by: str = Field(default="", max_length=8000)
    label: str = Field(default="", max_length=200)
    base: str = Field(default="", max_length=80)
    resolution: str | None = Field(default=None, max_length=64)


class _Rate(BaseModel):
    rate_per_minute: int = Field(ge=1, le=HIGHEST_RATE)


class _Reason(BaseModel):
    reason: str = Field(max_length=200)


@router.get("/models")
async def start(visit: Reader) -> Response:
    """The versions of the own municipality; who belongs to none chooses one."""
    if visit.caller.tenant_id is not None:
        return await _overview(visit, visit.caller.tenant_id)
    return visit.page("models/start.html", tenants=await read_tenants(visit.tools))


@router.get("/models/{tenant}")
async def overview(visit: Reader, tenant: PathId) -> Response:
    """The versions of a municipality."""
    return await _overview(visit, tenant)


@router.get("/models/{tenant}/draft")
async def new_draft(
    visit: Drafter, tenant: PathId, resolution: str = "", base: str = "", file: str = _STARTS_WITH
) -> Response:
    """The form of a draft: which passage of which file becomes which."""
    return await _draft_page(visit, tenant, resolution, base, file)


@router.post("/models/{tenant}/draft")
async def draft(visit: Drafter, tenant: PathId) -> Response:
    """Keeps the draft, if the changed model is in order."""
    form = visit.form
    try:
        typed = form.read(_Draft)
        # What is replaced is taken as it was typed: the spaces before a line belong to it.
        edit = EditIn(file=typed.file, replace=form.value("replace"), by=form.value("by"))
        wanted = DraftModel(
            edits=(edit,),
            label=typed.label,
            by=visit.caller.name,
            base=typed.base,
            resolution=typed.resolution,
        )
        made = await _once(visit, draft_model(visit.tools, visit.caller, tenant, wanted))
    except KimError as refusal:
        status = visit.refused(refusal)
        names = ("resolution", "base", "file")
        return await _draft_page(visit, tenant, *(form.value(name) for name in names), status=status)
    return visit.to(f"/models/{tenant}/{made}", visit.say("Der Entwurf ist angelegt; freigegeben ist er noch nicht."))


@router.get("/models/{tenant}/{version}")
async def show(visit: Reader, tenant: PathId, version: PathVersion) -> Response:
    """A version: what it changes, the decisions behind it, preview, release, effect."""
    return await _version_page(visit, tenant, version)


@router.post("/models/{tenant}/{version}/preview")
async def preview(visit: Drafter, tenant: PathId, version: PathVersion) -> Response:
    """Asks for a preview."""
    await _once(visit, preview_model(visit.tools, visit.caller, tenant, version))
    return visit.to(f"/models/{tenant}/{version}", visit.say("Die Vorschau wird gezählt; die Seite zeigt den Stand."))


@router.post("/models/{tenant}/{version}/release")
async def release(visit: Admin, tenant: PathId, version: PathVersion) -> Response:
    """Puts the version into force, in the name of who is signed in."""
    try:
        wanted = ReleaseModel(by=visit.caller.name, rate_per_minute=visit.form.read(_Rate).rate_per_minute)
        await _once(visit, release_model(visit.tools, visit.caller, tenant, version, wanted))
    except KimError as refusal:
        return await _version_page(visit, tenant, version, visit.refused(refusal))
    return visit.to(f"/models/{tenant}/{version}", visit.say("Die Fassung ist in Kraft; die laufenden Wege folgen."))


@router.post("/models/{tenant}/{version}/withdrawal")
async def withdrawal(visit: Admin, tenant: PathId, version: PathVersion) -> Response:
    """Takes the version back."""
    try:
        wanted = WithdrawModel(by=visit.caller.name, reason=visit.form.read(_Reason).reason)
        await _once(visit, withdraw_model(visit.tools, visit.caller, tenant, version, wanted))
    except KimError as refusal:
        return await _version_page(visit, tenant, version, visit.refused(refusal))
    return visit.to(f"/models/{tenant}/{version}", visit.say("Die Fassung ist zurückgenommen; die Wege kehren zurück."))


async def _once(visit: Visit, work: Work) -> str:
    """Carries an act on a version out once, however often the form is sent; the name of the version."""

    async def done(session: AsyncSession) -> dict[str, Any]:
        return {"version": (await work(session)).version}

    return str((await visit.once(done))["version"])


async def _overview(visit: Visit, tenant: str) -> Response:
    seen = await see_versions(visit.tools, visit.caller, tenant)
    return visit.page("models/overview.html", seen=seen, tenant=tenant)


async def _draft_page(
    visit: Visit, tenant: str, resolution: str, base: str, file: str, *, status: int = 200
) -> Response:
    seen = await read_files(visit.tools, visit.caller, tenant, base, file)
    return visit.page("models/draft.html", status, seen=seen, tenant=tenant, resolution=resolution, base=base)


async def _version_page(visit: Visit, tenant: str, version: str, status: int = 200) -> Response:
    seen = await read_version(visit.tools, visit.caller, tenant, version)
    return visit.page("models/version.html", status, seen=seen, tenant=tenant, rate=DEFAULT_RATE, small=SMALL)
