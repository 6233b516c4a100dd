"""What a coordinator sees in the Temporal UI and an agency in its mailbox, in a real browser on a whole local stack."""

from __future__ import annotations

from pathlib import Path

from tests.pages.pictures import browser, new_page, open_details, open_list, open_mail, open_task, stalled_path


async def test_a_stalled_path_is_found_by_search_attribute_and_says_why_it_waits(tmp_path: Path) -> None:
    async with stalled_path(tmp_path) as (stack, played), browser() as chromium:
        assert played.report.ok
        page = await new_page(chromium)
        calls: list[str] = []
        page.on("request", lambda request: calls.append(request.url))
        await open_list(page, stack)
        listed = await page.get_by_role("link", name="path-").all_inner_texts()
        assert played.path.handle.id in listed
        shown = await open_details(page)
        for expected in ("H01", "Jobcenter", "Stufe E4", "Stockt seit"):
            assert expected in shown, expected
        assert all(call.startswith((stack.addresses.temporal_ui, "data:")) for call in calls), "the UI calls home"

        narrow = await new_page(chromium, 320, 700)
        await open_mail(narrow, stack)
        assert await narrow.evaluate("document.documentElement.scrollWidth") <= 320
        await open_task(narrow, stack)
        assert played.path.case_number in await narrow.inner_text("body")
        assert await narrow.get_by_role("button").count() >= 2
        assert await narrow.evaluate("document.documentElement.scrollWidth") <= 320
