"""Visitors of the pages without a browser: they sign in with one click and send forms as a browser does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from httpx2 import AsyncClient, Response

ORIGIN = "http://127.0.0.1:8000"


@dataclass
class Visitor:
    """Somebody with a browser of their own: cookies are kept, the forms of a page are sent with their hidden fields."""

    client: AsyncClient
    headers: dict[str, str] = field(default_factory=lambda: {"Origin": ORIGIN})

    async def sign_in(self, person: str, tenant: str = "") -> Response:
        """As one of the demo people."""
        form = {"person": person, "tenant": tenant, "next": "/desk"}
        answer = await self.client.post("/sign-in/demo", data=form, headers=self.headers)
        assert answer.status_code == 303, answer.text
        return answer

    async def open(self, address: str, status: int = 200) -> Response:
        """A page."""
        page = await self.client.get(address, headers={"Accept": "text/html"})
        assert page.status_code == status, page.text
        return page

    async def send(self, page: Response, action: str, fields: dict[str, str] | None = None) -> Response:
        """The form of the page with this action, with its hidden fields and what is typed."""
        return await self.client.post(action, data=hidden(page.text, action) | (fields or {}), headers=self.headers)


def hidden(text: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with this action."""
    form = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', text, re.DOTALL)
    assert form, f"no form for {action}"
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form.group())
    return {unescape(name): unescape(value) for name, value in found}
