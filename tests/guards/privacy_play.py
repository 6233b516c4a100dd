"""A whole world in which everybody writes canaries wherever the API takes text, and everything fails once.

Played once for all tests of privacy; what is left behind is collected as evidence.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client

from kim.simulate.stage import Stage, StagedPath, StageRefused
from kim.world import World, idle_world
from notifications.mailer import Mailer, SmtpSettings
from notifications.rendering import RenderedMail
from process_models.catalogue import Catalogue
from process_models.names import BODY_KINDS
from process_models.rules import FactField
from process_models.vocabulary import allowed_values
from store.database import Database
from store.sealing import Keyring
from tests.api.clerk import code_in, hidden
from tests.faults.conftest import stage_of
from tests.guards.canaries import Words
from tests.guards.evidence import EavesdroppingMailbox, mails_of
from tests.people import ARRIVED, CASE_CONSENT, JOBCENTER_CONSENT, OPENED, RECOGNISED, Json, fact
from worker import working

DAY = "2022-02-14"
_WRITTEN = ("text", "word")
_LAST = ("residence.lost", "kim.closed")
_LINK = re.compile(r"/l/([A-Za-z0-9_-]{20,})")


class TalkativeMailer(Mailer):
    """Fails with what it is told to say."""

    def __init__(self, settings: SmtpSettings) -> None:
        super().__init__(settings)
        self.says: list[str] = []

    async def send(self, mail: RenderedMail) -> None:
        """Fails once for each saying."""
        if self.says:
            raise RuntimeError(self.says.pop())
        await super().send(mail)


class TalkativeDatabase(Database):
    """Fails with what it is told to say."""

    def __init__(self, url: str, keyring: Keyring) -> None:
        super().__init__(url, keyring)
        self.says: list[str] = []

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Fails once for each saying."""
        if self.says:
            raise RuntimeError(self.says.pop())
        async with super().transaction() as session:
            yield session


class Play:
    """The actors: people who write, servers that fail."""

    def __init__(self, world: World, words: Words) -> None:
        self.world = world
        self.words = words
        smtp = (world.environment["KIM_SMTP_HOST"], int(world.environment["KIM_SMTP_PORT"]))
        self.mailer = TalkativeMailer(SmtpSettings(*smtp, start_tls=False, sender="kim-lotse@kim.test"))
        self.worker_database = TalkativeDatabase(world.environment["KIM_DATABASE_URL"], world.database.keyring)
        self.stages: list[Stage] = []
        self.answers: dict[str, int] = {}
        self.answered: list[str] = []
        self.levels: set[str] = set()
        self.statuses: set[str] = set()
        self.lists: list[str] = []

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Worker and relay run, with the mailer and the records that talk."""
        parts = replace(self.world.parts, mailer=self.mailer, database=self.worker_database)
        try:
            async with working(parts):
                yield
        finally:
            await self.worker_database.close()

    async def play(self) -> None:
        """Everything, each story on a simulated tenant of its own."""
        await self.hand_over()
        await self.write_everywhere()
        await self.climb()
        await self.send_nonsense()
        await self.read_lists()

    # ------------------------------------------------------------ stories

    async def hand_over(self) -> None:
        """An offer, a question of the agency through its link, a withdrawn consent, while mails and records fail."""
        words = self.words
        self.world.mailbox.answers = [f"451 {words.secret('answer of the mail server (451)')} try later"]
        path, consent = await self._start()
        await path.settle()
        await path.move_to(await path.now() + timedelta(hours=2))
        await path.settle()
        await self._answer_by_link(self._token())
        await path.settle()
        self.worker_database.says = [words.secret("exception of the records, worker")]
        self.mailer.says = [words.secret("exception of the mailer")]
        await path.act(f"consents/{consent}/revocation", {})
        self._note(await path.settle())

    async def write_everywhere(self) -> None:
        """A refusal, and every text field of every kind of fact, each in a request of its own."""
        path, _ = await self._start()
        await path.settle()
        await path.act("handovers/H01/answer", {"answer": "refuse", "reason": "DOC_MISSING", "detail": "DOC_EAT"})
        kinds = self.world.catalogue.fact_kinds
        for kind in sorted(kinds, key=lambda name: (name in _LAST, name)):
            if any(one.type in _WRITTEN for one in kinds[kind].fields.values()):
                await self._try_fact(path, kind, self._data(kinds[kind].fields))
        await path.rest()
        self._note(await path.read())

    async def climb(self) -> None:
        """An offer that nobody answers, up to the AG Verfahrensebene."""
        path, _ = await self._start()
        shown = await path.settle()
        self.world.mailbox.answers = [f"550 {self.words.secret('answer of the mail server (550)')} no such user"]
        for _ in range(40):
            if "E4" in self.levels:
                return
            await path.move_to(datetime.fromisoformat(shown["look_again_at"]))
            shown = await path.settle()
            self._note(shown)
        raise AssertionError(f"the ladder ends at {self.levels}")

    async def send_nonsense(self) -> None:
        """Requests that are refused: nothing of them may stay anywhere, and no answer may repeat them."""
        stage = self.stages[0]
        login = {"Authorization": f"Bearer {stage.token}"}
        secret = self.words.secret
        start: Json = {"municipality": "rhein-kreis-neuss", "place": "meerbusch", "person": {"born": "1990-01-01"}}
        bodies: dict[str, Json] = {
            "name of a field": {**start, secret("name of a field"): 1},
            "person.nationality": {**start, "person": {"born": "1990-01-01", "nationality": secret("bad nationality")}},
            "person.born": {**start, "person": {"born": secret("bad birthday"), "nationality": "SY"}},
            "municipality": _with(start, municipality=secret("municipality")),
            "place": _with(start, place=secret("place")),
            "household": _with(start, household=[{"id": secret("bad member") * 3, "born": "1990-01-01"}]),
            "kind of fact": _with(start, facts=[fact("x1", DAY, secret("kind of fact"))]),
            "field of fact": _with(start, facts=[fact("x1", DAY, "asylum.decided", **{secret("field of fact"): "x"})]),
            "code of fact": _with(start, facts=[fact("x1", DAY, "asylum.decided", outcome=secret("code of fact"))]),
            "who": _with(start, facts=[{**fact("x1", DAY, "kim.opened"), "who": secret("unknown person")}]),
            "corrects": _with(start, facts=[{**fact("x1", DAY, "kim.opened"), "corrects": secret("unknown fact")}]),
        }
        for what, body in bodies.items():
            await self._send(
                what, "POST", "/v1/paths", headers={**login, "Idempotency-Key": f"n-{what[:4]}"}, json=body
            )
        await self._send_bad_addresses(login)
        await self._break_the_api(stage)

    async def read_lists(self) -> None:
        """What coordinators and bodies see."""
        for stage in self.stages:
            for body in BODY_KINDS:
                self.lists.append(json.dumps(await stage.get(f"/v1/bodies/{body}/agenda")))
            headers = {"Authorization": f"Bearer {stage.coordinator_token}"}
            for url in ("/v1/stalled", "/v1/notices/failed"):
                self.lists.append((await self.world.http.get(url, headers=headers)).text)

    # ------------------------------------------------------------ steps

    async def _start(self) -> tuple[StagedPath, str]:
        """A path on a tenant of its own, whose every field that takes a word has a canary; and its consent."""
        words = self.words
        stage = await stage_of(self.world)
        self.stages.append(stage)
        words.token(stage.token, "bearer token")
        words.token(stage.coordinator_token, "bearer token")
        nationality = words.country("person")
        person = {"born": words.born("person", 1985), "nationality": nationality}
        member = {
            "id": words.reference("household member"),
            "born": words.born("household", 1975),
            "relation": "spouse",
            "nationality": words.country("household"),
        }
        path = await stage.start_path("meerbusch", person, [member])
        consents = [words.reference("consent") for _ in range(2)]
        given = [
            {**one, "id": ref, "data": {**one["data"], "consent": ref}}
            for ref, one in zip(consents, (CASE_CONSENT, JOBCENTER_CONSENT), strict=True)
        ]
        facts = [{**one, "id": words.reference("fact")} for one in (*ARRIVED, RECOGNISED, OPENED)]
        shared = (*ARRIVED, RECOGNISED)  # the member is recognised too: deadlines, gaps and handovers of their own
        about = [{**one, "id": words.reference("fact"), "who": member["id"]} for one in shared]
        body = {"facts": [*facts, *given, *about]}
        await stage.post(f"/v1/paths/{path.id}/facts", body, key=words.reference("Idempotency-Key"))
        return path, consents[1]

    def _data(self, fields: dict[str, FactField]) -> Json:
        return {name: self._value(name, one) for name, one in fields.items() if one.required or one.type in _WRITTEN}

    def _value(self, name: str, one: FactField) -> Any:
        catalogue: Catalogue = self.world.catalogue
        match one.type:
            case "word":
                return self.words.reference(f"{name} in the data of a fact")
            case "text":
                return f"{self.words.secret(f'text {name}')} in der Beispielgasse 7"
            case "date":
                return "2022-03-31"
            case "bool":
                return True
            case "int":
                return 1
            case "codes":
                return list(allowed_values(catalogue, one))[:1]
            case "pair":
                return ["sozialamt", "jobcenter"]
            case _:
                return allowed_values(catalogue, one)[0]

    async def _try_fact(self, path: StagedPath, kind: str, data: Json) -> None:
        one = fact(self.words.reference("fact"), DAY, kind, **data)
        try:
            await path.record([one])
        except StageRefused as refused:
            self.answers[kind] = refused.status
            self.answered.append(json.dumps(refused.problem))

    def _token(self) -> str:
        assert isinstance(self.world.mailbox, EavesdroppingMailbox)
        found = _LINK.findall(mails_of(self.world.mailbox).decode("utf-8", "replace"))
        for one in found:
            self.words.token(one, "link of an agency")
        return str(found[-1])

    async def _answer_by_link(self, token: str) -> None:
        """The way of a clerk: neutral page, code, page of the task, an answer; with words where none belong."""
        http, door = self.world.http, f"/l/{token}"
        pages = [await http.get(door), await http.post(door, data={"csrf": ""})]
        pages.append(await http.post(f"{door}?step=code", data={"code": self.words.secret("code that is none")}))
        entered = await http.post(f"{door}?step=code", data={"code": self._code()})
        task = entered.headers["location"]
        page, question = await http.get(task), await http.get(f"{task}/query")
        assert page.status_code == 200
        form = {"documents": "D1", "note": self.words.secret("further field of the form")}
        answer = await http.post(f"{task}/query", data={**hidden(question, f"{task}/query"), **form})
        assert answer.status_code == 303
        self.answered += [one.text for one in (*pages, page, question, answer)]

    def _code(self) -> str:
        """The code of the last mail. Six digits may stand anywhere by chance: they are not looked for."""
        assert isinstance(self.world.mailbox, EavesdroppingMailbox)
        part = self.world.mailbox.mails[-1].get_payload(0)
        assert isinstance(part, Message)
        text = part.get_payload(decode=True)
        assert isinstance(text, bytes)
        return code_in(text.decode())

    async def _send(self, what: str, method: str, url: str, **request: Any) -> httpx2.Response:
        answer = await self.world.http.request(method, url, **request)
        self.answers[what] = answer.status_code
        self.answered.append(answer.text)
        return answer

    async def _send_bad_addresses(self, login: dict[str, str]) -> None:
        secret = self.words.secret
        key = {**login, "Idempotency-Key": "n-address"}
        path_id = "0" * 32
        await self._send("id of a path", "GET", f"/v1/paths/{secret('id of a path')}", headers=login)
        await self._send("link", "GET", f"/l/{secret('link')}")
        await self._send("link, form", "POST", f"/l/{secret('link')}", data={"answer": secret("answer")})
        await self._send("token", "GET", "/v1/stalled", headers={"Authorization": f"Bearer {secret('token')}"})
        await self._send(
            "page", "GET", f"/{secret('page')}?q={secret('query')}", headers={"User-Agent": secret("agent")}
        )
        await self._send("consent", "POST", f"/v1/paths/{path_id}/consents/{secret('ref')}/revocation", headers=key)
        await self._send("JSON", "POST", "/v1/paths", headers=key, content=b'{"x": ' + secret("JSON").encode())
        await self._send("media", "POST", "/v1/paths", headers=key, data={"x": secret("form")})
        await self._send("size", "POST", "/v1/paths", headers=key, content=secret("size").encode() * 10_000)
        await self._send(
            "key", "POST", "/v1/paths", headers={**login, "Idempotency-Key": f"{secret('key')} ."}, json={}
        )

    async def _break_the_api(self, stage: Stage) -> None:
        """A defect in the middle of a command."""
        database = self.world.database
        assert isinstance(database, TalkativeDatabase)
        database.says = [self.words.secret("exception of the records, API")]
        headers = {"Authorization": f"Bearer {stage.token}", "Idempotency-Key": "n-defect"}
        body = {"facts": [fact("d1", DAY, "work.permitted")]}
        await self._send("defect", "POST", f"/v1/paths/{'0' * 32}/facts", headers=headers, json=body)

    def _note(self, shown: Json) -> None:
        self.levels |= {str(item["level"]) for item in shown["handovers"]}
        self.statuses |= {str(notice["status"]) for notice in shown["notices"]}


def _with(body: Json, **changes: Any) -> Json:
    return {**body, "person": {"born": "1990-01-01", "nationality": "SY"}, **changes}


@contextlib.asynccontextmanager
async def whole_world_of_canaries(directory: Path, client: Client) -> AsyncIterator[Play]:
    """Everything together, with a mailbox that listens and records that talk."""
    mailbox = EavesdroppingMailbox()
    async with idle_world(directory, client, mailbox=mailbox, make_database=TalkativeDatabase) as world:
        yield Play(world, Words())
