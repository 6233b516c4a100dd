"""An impulse of the case management: an interface and a reason go before the AG Verfahrensebene, without any person.

The path itself is counted; what the ladder does with its open handover follows from the fact.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from api.acts.facts import record
from api.acts.writing import Act, Receipt, Writing
from api.errors import SketchNamesSomebody
from api.schemas import FactIn
from api.schemas_intake import ImpulseIn
from process_models.errors import FactInvalid
from process_models.names import BODY, body_workflow_id
from process_models.rules import HandoverRule
from process_models.sketches import Trace, traces_in
from store.accounts import list_accounts
from store.body_items import NewBodyItem, put_on_agenda
from store.meetings import write_paper
from store.outbox import add_news
from store.paths import load_path_person
from store.tables import BodyItem, Path

_BODY: Final = "verfahren"
_FINDING: Final = "finding"
_LONGEST: Final = 4000


def raise_impulse(path_id: str, impulse: ImpulseIn) -> Act:
    """The act that raises an impulse. Errors: FactInvalid, SketchNamesSomebody, PathEnded, PathNotFound."""

    async def act(writing: Writing) -> Receipt:
        path = await writing.path(path_id)
        today = await writing.today(path, impulse.now)
        rule = _interface(writing, impulse.handover, today)
        await _require_no_person(writing, path, impulse.sketch)
        item = await put_on_agenda(writing.session, _item(path, rule, impulse, today))
        await write_paper(writing.session, item, {_FINDING: _with_sketch(item, impulse.sketch)})
        await _tell(writing, path, item)
        interface = [rule.from_kind, rule.to_kind]
        fact = FactIn(fact="impulse.raised", on=today, data={"interface": interface, "reason": impulse.reason})
        return await record(writing, path, (fact,), impulse.now)

    return act


def _interface(writing: Writing, code: str, today: date) -> HandoverRule:
    rule = writing.catalogue.handover(code, today)
    if rule is None:
        raise FactInvalid("Diese Schnittstelle gibt es nicht.", field="handover")
    return rule


async def _require_no_person(writing: Writing, path: Path, sketch: str) -> None:
    person = await load_path_person(writing.session, writing.tools.database.keyring, path)
    colleagues = await list_accounts(writing.session, path.tenant_id, "case_manager")
    names = (person.name, *(account.display_name for account in colleagues))
    found = traces_in(sketch, names)
    if found:
        raise _refusal_of(found[0])


def _refusal_of(trace: Trace) -> SketchNamesSomebody:
    field = "sketch"
    match trace:
        case "name":
            return SketchNamesSomebody("Die Skizze nennt einen Namen. Bitte ohne Namen schreiben.", field=field)
        case "salutation":
            return SketchNamesSomebody("Die Skizze nennt eine Person. Bitte nur die Stelle beschreiben.", field=field)
        case "case_number":
            return SketchNamesSomebody("Die Skizze nennt ein Aktenzeichen. Bitte weglassen.", field=field)
        case "day":
            return SketchNamesSomebody("Die Skizze nennt einen ganzen Tag. Bitte nur Monat und Jahr.", field=field)
        case "address":
            return SketchNamesSomebody("Die Skizze nennt eine Adresse oder Nummer. Bitte weglassen.", field=field)


def _with_sketch(item: BodyItem, sketch: str) -> str:
    """The finding of the item with one more sketch. Errors: FactInvalid if there is no room for it."""
    whole = "\n\n".join(part for part in ((item.paper or {}).get(_FINDING, ""), sketch) if part)
    if len(whole) > _LONGEST:
        raise FactInvalid("In der Vorlage dieses Punktes ist für die Skizze kein Platz mehr.", field="sketch")
    return whole


def _item(path: Path, rule: HandoverRule, impulse: ImpulseIn, today: date) -> NewBodyItem:
    interface = f"{_BODY}:{rule.from_kind}>{rule.to_kind}:{rule.code}:{impulse.reason}:"
    return NewBodyItem(
        tenant_id=path.tenant_id,
        key=interface,
        body=_BODY,
        handover=rule.code,
        from_kind=rule.from_kind,
        to_kind=rule.to_kind,
        reason=impulse.reason,
        detail=None,
        cause="impulse",
        raised_on=today,
        path_id=path.id,
    )


async def _tell(writing: Writing, path: Path, item: BodyItem) -> None:
    await add_news(writing.session, path.tenant_id, BODY, body_workflow_id(path.tenant_id, _BODY), None)
    await writing.audit("impulse.raised", f"{item.from_kind}>{item.to_kind}", path)
