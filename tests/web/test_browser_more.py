"""The live page in a real Chromium, on: what came too late, what failed, what was done before it was opened."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.web.test_browser import Open, browser, live

__all__ = ["browser", "live"]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("leaves", ["Escape", "another thing"])
def test_a_form_that_was_left_before_it_came_does_not_open_any_more(live: Open, leaves: str) -> None:
    page, form, held = live.page, live.page.locator("#form"), list[Route]()
    page.get_by_role("treeitem", name="lal").first.click()
    expect(page.locator("#detail h1")).to_contain_text("lal")
    page.route("**/api/starts/**", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/api/starts/**"):
        page.locator("#detail").get_by_role("button", name="Edit…").click()
    if leaves == "Escape":
        page.keyboard.press("Escape")
    else:
        page.get_by_role("treeitem", name="cern").first.click()
    with page.expect_response("**/api/starts/**") as answer:
        held[0].continue_()
    answer.value.finished()
    page.evaluate("() => new Promise((seen) => requestAnimationFrame(() => setTimeout(seen, 50)))")
    assert not form.is_visible()
    page.get_by_role("treeitem", name="lal").first.click()
    expect(page.locator("#detail h1")).to_contain_text("lal")
    edit = page.locator("#detail").get_by_role("button", name="Edit…")
    edit.dblclick()  # two clicks are one form
    expect(form.get_by_label("Name")).to_have_value("lal")
    assert live.complaints == []


@pytest.mark.timeout(120)
def test_a_failure_is_told_once_and_what_was_done_before_has_its_own_time(live: Open) -> None:
    page, place = live.page, live.place
    for livy in place.livies.values():
        trace = ["Traceback (most recent call last):\n", '  File "<stdin>", line 2, in f\n', "KeyError: 'mag'\n"]
        livy.answers.append({"status": "error", "ename": "KeyError", "evalue": "'mag'", "traceback": trace})
    place.net["cern"].new_session(kind="pyspark")
    place.net["cern"].sessions[0].send(code="f()", kind="pyspark")
    page.get_by_role("treeitem", name="f()").first.click()
    expect(page.locator("#detail .results pre")).to_have_text("".join(trace).rstrip())
    expect(page.locator("#detail > p.failed:not(.stands)")).to_have_count(1)
    expect(page.locator("#detail > p.failed:not(.stands)")).to_contain_text("mag'. The traceback shows the line.")
    rows = page.evaluate("fetch('/api/journal?limit=50').then((answer) => answer.json())")["rows"]
    acts = [row for row in rows if row["run"] == row["act"] and row["state"] == "DONE"]
    page.reload()
    expect(page.locator("#live")).to_have_text("live")
    expect(page.locator("#log li")).to_have_count(len(acts))
    assert live.complaints == []
