"""What lies on the desks of the demo besides the paths: posts and who holds them, offers, needs.

By way of the API; only the accounts of the invented colleagues are made in the records, as their sign-in does.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml

from api.acts.entering import DEMO_ISSUER, DEMO_PEOPLE
from kim.simulate.stage import Json, Stage, StagedPath
from process_models.look_again import day_at
from store.accounts import Appointment, keep_account
from store.database import Database

_DESKS: Final[Mapping[str, Any]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))


async def furnish(stage: Stage, database: Database) -> dict[str, str]:
    """Posts with their holders, and the register of offers; gives the account of every demo person that holds one."""
    accounts = {line["holder"]: await _account(database, stage.tenant, line["holder"]) for line in _DESKS["posts"]}
    today = datetime.now(UTC).date().isoformat()
    for line in _DESKS["posts"]:
        holding = {"post": line["post"], "account": accounts[line["holder"]], "since": today}
        await stage.post("/v1/posts/holders", holding, as_coordinator=True)
    for offer in _DESKS["offers"]:
        await stage.post("/v1/offers", offer, as_coordinator=True)
    return accounts


async def give(path: StagedPath, account: str) -> None:
    """The path gets a case manager, whom the coordinator names."""
    await path.stage.post(f"/v1/paths/{path.id}/assignment", {"account": account}, as_coordinator=True)


async def let_another_wait(beside: StagedPath) -> None:
    """A second path, of somebody who has just asked for protection; nobody accompanies it yet."""
    stage, waiting = beside.stage, _DESKS["waiting"]
    today = day_at(datetime.now(UTC) + stage.offset).isoformat()
    facts = [{"id": f"w{number}", "on": today, "fact": kind} for number, kind in enumerate(waiting["facts"])]
    path = await stage.start_path(waiting["place"], waiting["person"], facts=facts)
    await path.rest()
    await stage.move_clock(path.handle, await beside.now() - await path.now())
    await path.rest()


async def note_needs(path: StagedPath) -> None:
    """Needs of a path, and what became of them."""
    offers = {offer["kind"]: offer["id"] for offer in (await path.stage.get("/v1/offers"))["offers"]}
    for line in _DESKS["needs"]:
        need = f"/v1/paths/{path.id}/needs/{_ref(await path.stage.post(f'/v1/paths/{path.id}/needs', line['need']))}"
        if line["becomes"] in ("met", "referred"):
            told = {"offer": offers[line["need"]["kind"]], "referred": True}
            referral = _ref(await path.stage.post(f"{need}/referrals", told))
            if line["becomes"] == "met":
                await path.stage.post(f"{need}/referrals/{referral}", {"state": "taken_up"})
        elif line["becomes"] == "unmet":
            await path.stage.post(f"{need}/end", {"state": "unmet", "reason": line["reason"]})


async def _account(database: Database, tenant: str, subject: str) -> str:
    person = DEMO_PEOPLE[subject]
    who = Appointment(DEMO_ISSUER, f"{subject}@{tenant}", person.display_name, person.role, tenant)
    async with database.transaction() as session:
        return (await keep_account(session, who, datetime.now(UTC))).id


def _ref(written: Json) -> str:
    return str(written["receipt"]["refs"][0])
