"""Versions of the process models as JSON: changes, decisions, preview, effect. Shapes only."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel

from api.acts.models import ModelVersionView
from api.reads_models import Behind, PreviewSeen, VersionSeen
from api.views_figures import EffectView, effect_view
from process_models.catalogue_diff import RuleChange


class RuleChangeView(BaseModel):
    """Eine geänderte Regel / a changed rule."""

    section: str
    code: str
    title: str
    change: str
    days: tuple[date, ...]


class BehindView(BaseModel):
    """Ein Beschluss hinter der Fassung / a decision behind the version."""

    resolution: str
    item: str
    body: str
    handover: str
    from_kind: str
    to_kind: str
    decided_on: date
    text: str
    owner: str
    valid_from: date | None


class PreviewView(BaseModel):
    """Was die Fassung an laufenden Wegen ändert / what the version changes in running paths."""

    asked_at: datetime
    finished_at: datetime | None
    paths: str
    changed: str
    need_person: str
    kinds: dict[str, str]
    reasons: dict[str, str]


class VersionDetails(BaseModel):
    """Eine Fassung im Einzelnen / one version in detail."""

    version: ModelVersionView
    against: str
    rules: tuple[RuleChangeView, ...]
    behind: tuple[BehindView, ...]
    preview: PreviewView | None
    effects: tuple[EffectView, ...]
    """The interface of each decision before and after the release."""


def details_view(seen: VersionSeen) -> VersionDetails:
    """The version as JSON."""
    return VersionDetails(
        version=seen.version,
        against=seen.against,
        rules=tuple(map(_rule, seen.rules)),
        behind=tuple(map(_behind, seen.behind)),
        preview=_preview(seen.preview) if seen.preview else None,
        effects=tuple(effect_view(one.behind.resolution.body, one.effect) for one in seen.effects),
    )


def _rule(one: RuleChange) -> RuleChangeView:
    return RuleChangeView(section=one.section, code=one.code, title=one.title, change=one.change, days=one.days)


def _behind(one: Behind) -> BehindView:
    decided, item = one.resolution, one.item
    return BehindView(
        resolution=decided.id,
        item=item.id,
        body=decided.body,
        handover=item.handover,
        from_kind=item.from_kind,
        to_kind=item.to_kind,
        decided_on=decided.decided_on,
        text=decided.text,
        owner=decided.owner,
        valid_from=decided.valid_from,
    )


def _preview(seen: PreviewSeen) -> PreviewView:
    names = ("asked_at", "finished_at", "paths", "changed", "need_person")
    columns = {name: getattr(seen, name) for name in names}
    return PreviewView(**columns, kinds=dict(seen.kinds), reasons=dict(seen.reasons))
