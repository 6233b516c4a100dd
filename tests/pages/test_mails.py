"""Previews of mails: every kind in both languages, framed without rights of its own, for those who may see them."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable
from hashlib import sha256

import pytest

from notifications.previews import readers_of
from notifications.rendering import KINDS
from tests.api.conftest import MUNICIPALITY
from tests.pages.browser import Guest
from tests.pages.visitors import Visitor

Guests = Callable[..., Awaitable[Guest]]
Visitors = Callable[[], Visitor]
ADMIN, COORDINATOR, MANAGER = "demo-verwaltung", "demo-koordination", "demo-fallmanagement"


async def test_an_admin_sees_a_mail_as_text_and_as_html_with_its_own_style(guest: Guests) -> None:
    admin = await guest()
    await admin.sign_in(ADMIN, wanted="/mails")
    await admin.check()
    await admin.page.get_by_role("link", name="KIM-Lotse: Neue Aufgabe zum Vorgang KIM-2M4K-7B9Q").click()
    await admin.page.wait_for_load_state("networkidle")
    assert await admin.page.locator("h1").inner_text() == "KIM-Lotse: Neue Aufgabe zum Vorgang KIM-2M4K-7B9Q"
    await admin.fill("Sprache der E-Mails", "en")
    await admin.press("Anzeigen")
    await admin.page.wait_for_url("**written=en**")
    assert await admin.page.locator("h1").inner_text() == "KIM-Lotse: New task on case KIM-2M4K-7B9Q"
    [_, framed] = admin.page.frames
    assert framed.url.endswith("/mails/offer/html?reader=agency&written=en")
    await admin.check()  # a style sheet or a frame that the policies refuse would be told here


@pytest.mark.parametrize("language", ["de", "en"])
async def test_every_kind_is_there_for_each_of_its_readers(visitor: Visitors, tenant: str, language: str) -> None:
    coordinator = visitor()
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY)
    listed = (await coordinator.open(f"/mails?written={language}")).text
    for kind in KINDS:
        assert f'href="/mails/{kind}?written={language}"' in listed
        for reader in readers_of(kind):
            asked = f"?reader={reader}&written={language}"
            assert "KIM-Lotse: " in (await coordinator.open(f"/mails/{kind}{asked}")).text
            sheet = await coordinator.open(f"/mails/{kind}/html{asked}")
            assert f'<html lang="{language}">' in sheet.text


async def test_the_sheet_of_a_mail_may_do_nothing_and_only_the_preview_may_frame_anything(
    visitor: Visitors, tenant: str
) -> None:
    coordinator = visitor()
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY)
    sheet = await coordinator.open("/mails/offer/html")
    policy = sheet.headers["content-security-policy"]
    [style] = re.findall(r"<style>(.*?)</style>", sheet.text, re.DOTALL)
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert sheet.headers["x-frame-options"] == "SAMEORIGIN"
    assert sheet.headers["cache-control"] == "no-store"
    shown = await coordinator.open("/mails/offer")
    assert shown.headers["content-security-policy"].endswith("; frame-src 'self'")
    assert "frame-ancestors 'none'" in shown.headers["content-security-policy"]
    elsewhere = await coordinator.open("/desk")
    assert "frame-src" not in elsewhere.headers["content-security-policy"]
    assert elsewhere.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("address", ["/mails/unknown", "/mails/offer?reader=body", "/mails/offer?written=fr"])
async def test_what_does_not_exist_is_not_shown(visitor: Visitors, tenant: str, address: str) -> None:
    coordinator = visitor()
    await coordinator.sign_in(COORDINATOR, MUNICIPALITY)
    await coordinator.open(address, status=404)


async def test_a_case_manager_has_no_previews(visitor: Visitors, tenant: str) -> None:
    manager = visitor()
    await manager.sign_in(MANAGER, MUNICIPALITY)
    await manager.open("/mails", status=403)
    await manager.open("/mails/offer/html", status=403)
