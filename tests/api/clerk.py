"""Clerks of agencies in tests: they get a link, ask for a code, read it in their mailbox, and answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from httpx2 import AsyncClient, Response

from notifications.mailer import DeliveryFailure
from notifications.rendering import RenderedMail

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_CODE = re.compile(r"(?m)^\s+(\d{6})\s*$")


@dataclass
class FakePostbox:
    """A mail server that keeps what it takes, or fails as it was told to."""

    mails: list[RenderedMail] = field(default_factory=list)
    fails: list[DeliveryFailure] = field(default_factory=list)

    async def send(self, mail: RenderedMail) -> None:
        """Takes the mail, or fails once for each failure."""
        if self.fails:
            raise self.fails.pop(0)
        self.mails.append(mail)

    @property
    def code(self) -> str:
        """The newest code."""
        return code_in(self.mails[-1].text)


def code_in(text: str) -> str:
    """The code that a mail says."""
    found = _CODE.search(text)
    assert found, text
    return found[1]


def hidden(page: Response | str, action: str = "") -> dict[str, str]:
    """The hidden fields of the form that is sent to this address (empty: of all forms)."""
    text = page if isinstance(page, str) else page.text
    forms = re.findall(r'<form method="post" action="([^"]*)".*?</form>', text, re.DOTALL)
    parts = re.split(r"(?=<form )", text)[1:]
    wanted = [part for part, address in zip(parts, forms, strict=True) if not action or address == action]
    assert wanted, f"no form for {action} in {forms}"
    return dict(_HIDDEN.findall(wanted[0].partition("</form>")[0]))


@dataclass
class Clerk:
    """Somebody at an agency with a browser of their own."""

    client: AsyncClient
    postbox: FakePostbox
    token: str
    task: str = ""
    """Address of the task, once it was opened."""

    @property
    def door(self) -> str:
        """Address of the link."""
        return f"/l/{self.token}"

    @property
    def code_form(self) -> str:
        """Address of the form for the code."""
        return f"{self.door}?step=code"

    async def ask(self) -> Response:
        """Asks for a code."""
        return await self.client.post(self.door, data={"csrf": ""})

    async def enter(self, code: str) -> Response:
        """Enters a code; remembers where it led."""
        answer = await self.client.post(self.code_form, data={"code": code})
        if answer.status_code == 303:
            self.task = answer.headers["location"]
        return answer

    async def come_in(self) -> str:
        """The whole way from the link to the page of the task; returns its text."""
        assert (await self.ask()).status_code == 303
        assert (await self.enter(self.postbox.code)).status_code == 303
        page = await self.page()
        assert page.status_code == 200, page.text
        return page.text

    async def page(self) -> Response:
        """The page of the task."""
        return await self.client.get(self.task)

    async def form_for(self, answer: str) -> dict[str, str]:
        """The hidden fields of the form for this answer, fresh from its page."""
        page = await self.page()
        if f'action="{self.task}/{answer}"' not in page.text:
            page = await self.client.get(f"{self.task}/{answer}")
        return hidden(page, f"{self.task}/{answer}")

    async def send(self, answer: str, form: dict[str, Any]) -> Response:
        """Sends a form."""
        return await self.client.post(f"{self.task}/{answer}", data=form)

    async def answer(self, answer: str, **fields: Any) -> Response:
        """Answers as people do: opens the page, fills in, sends."""
        return await self.send(answer, {**await self.form_for(answer), **fields})
