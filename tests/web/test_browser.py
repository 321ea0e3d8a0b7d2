"""The live page in a real Chromium: it follows the engine, and everything on it is done by keys and by pointer."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

from astrolabnet_gui.model.server import Server
from tests.parity.place import Place
from tests.web.live_site import Site, live_site

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
expect.set_options(timeout=30_000)  # a busy machine is no wrong page
# Where pictures of it are left to be looked at.
PICTURES = os.environ.get("ALN_WEB_PICTURES", "")


@dataclass
class Open:
    """The page, the service behind it, the house behind that, and what the page complained of."""

    page: Page
    site: Site
    place: Place
    complaints: list[str]

    def picture(self, name: str) -> None:
        """Leave one, if anybody wants to look at it."""
        if PICTURES:
            self.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


@pytest.fixture
def browser() -> str:
    """Where it is; CI has one (packaging/test)."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("there is no Chromium: apt-get install chromium-headless-shell")
    return found


@pytest.fixture
def live(browser: str, tmp_path: Path) -> Iterator[Open]:
    """The page of a house with two servers, opened by its link."""
    with Place(tmp_path) as place, live_site(place.engine) as site, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=browser, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        page = chromium.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        page.set_default_timeout(30_000)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if complains(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{site.url}/#{site.keys.ticket('run')}")
        expect(page.locator("#live")).to_have_text("live")
        yield Open(page, site, place, complaints)
        chromium.close()


def complains(said: ConsoleMessage) -> bool:
    """An error; that a question or a wrong field comes as 409 or 400 is none."""
    return said.type == "error" and not re.search(r"responded with a status of 4(00|09)", said.text)


def scale(page: Page) -> str:
    """How the graph is moved and zoomed now."""
    return page.locator("#view").get_attribute("transform") or ""


@pytest.mark.timeout(240)
def test_the_page_follows_and_acts_by_keys_and_pointer(live: Open) -> None:
    page, place = live.page, live.place
    assert "#" not in page.url.removeprefix(live.site.url), "the ticket is gone from the address"
    expect(page.get_by_role("treeitem", name="lal")).to_be_visible()
    live.picture("empty")

    # What others do is seen: a session comes, a task ends.
    place.net["lal"].new_session(kind="pyspark")
    session = page.locator("#view").get_by_role("button", name="Session 0")
    expect(session).to_be_visible()
    place.net["lal"].sessions[0].run("1 + 1")

    # By keys alone: the graph's node is chosen, code is sent, its result is read.
    session.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#detail h1")).to_contain_text("Session")
    code = page.get_by_label("Code to send")
    code.fill("40 + 2")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#detail h1")).to_contain_text("40 + 2")
    expect(page.locator("#detail .results pre")).to_have_text("2")
    # What the program asks for by itself is no button; the journal's lines have the times of their acts.
    expect(page.get_by_role("button", name="Look for what was sent")).to_have_count(0)
    expect(page.locator("#detail h2", has_text="Change")).to_be_visible()
    live.picture("result")
    tree = page.locator("#tree")
    tree.focus()
    page.keyboard.press("Home")
    expect(tree).to_have_attribute("aria-activedescendant", re.compile("2{32}"))
    page.keyboard.press("ArrowDown")
    expect(tree).to_have_attribute("aria-activedescendant", re.compile("/catalogs/"))

    # An act with parameters has a form; what is wrong stands beside the field; it is done by Enter.
    page.get_by_role("treeitem", name="lal").first.click()
    page.get_by_role("button", name="Edit…").click()
    form = page.locator("#form")
    expect(form.get_by_label("Name")).to_have_value("lal")
    expect(form.get_by_label("Address of Livy")).to_have_value("http://127.0.0.1:1")
    expect(form.get_by_label("Login")).to_have_value('"none"')
    form.get_by_label("Address of Livy").fill("ftp://nowhere")
    page.keyboard.press("Enter")
    expect(form.locator("#field-url-wrong")).to_contain_text("http")
    expect(form.get_by_label("Address of Livy")).to_be_focused()
    live.picture("form")
    form.get_by_label("Address of Livy").fill("http://127.0.0.1:7")
    form.get_by_label("Name").fill("orsay")
    page.keyboard.press("Enter")
    expect(form).to_be_hidden()
    expect(page.get_by_role("treeitem", name="orsay")).to_be_visible()
    page.get_by_role("button", name="Edit…").click()
    expect(form).to_be_visible()  # it asks first what there is now
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()

    # The workspace has its acts, too.
    page.get_by_role("button", name="Workspace", exact=True).click()
    page.get_by_role("button", name="Add server…").click()
    page.get_by_role("dialog").get_by_role("button", name="Add server").click()
    expect(form.locator("#field-alias-wrong")).to_have_text("This is needed.")
    form.get_by_label("Name").fill("far")
    form.get_by_label("Address of Livy").fill("http://127.0.0.1:8")
    page.keyboard.press("Enter")
    expect(page.get_by_role("treeitem", name="far")).to_be_visible()

    # A question is put, and a no does nothing.
    page.get_by_role("treeitem", name="far").click()
    page.get_by_role("button", name="Remove from workspace").click()
    expect(page.locator("#ask")).to_be_visible()
    page.locator("#ask").get_by_role("button", name="no").click()
    expect(page.get_by_role("treeitem", name="far")).to_be_visible()

    # The graph is moved and zoomed by wheel, by dragging, by keys and by buttons; 0 shows all again.
    graph = page.locator("#graph")
    box = graph.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] - 60, box["y"] + box["height"] - 40
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    page.wait_for_function("document.getElementById('view').getAttribute('transform')?.includes('scale')")
    zoomed = scale(page)
    page.mouse.down()
    page.mouse.move(x - 80, y - 30, steps=4)
    page.mouse.up()
    assert scale(page) not in ("", zoomed)
    live.picture("zoomed")
    graph.focus()
    moved = scale(page)
    page.keyboard.press("ArrowLeft")
    assert scale(page) != moved
    page.keyboard.press("0")
    assert scale(page) == "translate(0,0) scale(1)"
    page.keyboard.press("+")
    assert scale(page).endswith("scale(1.25)")
    page.get_by_role("button", name="Show all").click()
    assert scale(page) == "translate(0,0) scale(1)"
    assert session.first.is_visible()

    # Light, and narrow as a telephone: nothing is wider than the page.
    page.emulate_media(color_scheme="dark")
    live.picture("dark")
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert (page.locator("#detail").bounding_box() or {"height": 0})["height"] > 200, "what was chosen is below"
    live.picture("narrow")
    page.goto(f"{live.site.url}/docs")
    page.get_by_label("Find an act").fill("session.send")
    expect(page.locator("#docs details:visible").first).to_contain_text("session.send")
    live.picture("docs")
    assert live.complaints == [], "nothing was refused by its own policy, nothing raised"


@pytest.mark.timeout(120)
def test_a_form_that_edits_begins_with_what_there_is_and_changes_only_what_was_changed(live: Open) -> None:
    page, place = live.page, live.place
    code, lines = "SELECT mag\nFROM sky.alerts", ("night: date = 2026-11-26", "least: number = 3")
    place.net.action.new(title="Night report", kind="sql", code=code, tags=("own", "night"), parameters=lines)
    place.net.source.add(name="slow", preset="rate", rows_s=7)
    place.net["lal"].edit(spark_ui={"http://10.0.0.7": "http://127.0.0.1:4040"}, login="astro-night/key", user="anna")
    form = page.locator("#form")

    def lal() -> Server:
        return next(s for s in place.house.workspace.servers() if s.url == "http://127.0.0.1:1")

    server = lal()

    def edits(thing: str, **has: str) -> None:
        page.get_by_role("treeitem", name=thing).first.click()
        expect(page.locator("#detail h1")).to_contain_text(thing)
        page.locator("#detail").get_by_role("button", name="Edit…").click()
        expect(form).to_be_visible()
        for field, value in has.items():
            expect(form.locator(f"#field-{field}")).to_have_value(value)

    def sent() -> None:
        form.locator("button[type=submit]").click()
        expect(form).to_be_hidden()

    edits("lal", alias="lal", url=server.url, login='"astro-night/key"', user="anna", secret="",
          spark_ui="http://10.0.0.7=http://127.0.0.1:4040", timeout_s=f"{server.timeout_s:g}")  # fmt: skip
    live.picture("edit")
    form.get_by_label("Name").fill("orsay")
    place.forget()
    sent()
    assert place.left("server.edit").journal[0]["params"] == {"alias": "orsay"}
    assert lal() == server.model_copy(update={"alias": "orsay"})

    edits("Night report", title="Night report", kind='"sql"', code=code, tags="own\nnight")
    form.locator("#field-code").fill("SELECT 2")
    sent()
    action = place.house.library.of_name("night-report")[0]
    assert (action.code, action.tags, [p.name for p in action.parameters]) == (
        "SELECT 2", ("own", "night"), ["night", "least"]
    )  # fmt: skip

    edits("slow", rows_s="7")
    form.locator("#field-rows_s").fill("9")
    sent()
    source = place.house.sources.get("slow")
    assert source is not None
    assert source.origin is not None
    assert source.origin.rows_s == 9
    assert live.complaints == []


@pytest.mark.timeout(120)
def test_server_text_does_nothing_there(live: Open) -> None:
    evil = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
    for livy in live.place.livies.values():
        livy.answers.append({"status": "ok", "data": {"text/plain": evil}})
    live.place.net["cern"].new_session(kind="pyspark")
    live.place.net["cern"].sessions[0].run("evil")
    live.page.get_by_role("treeitem", name="evil").first.click()
    expect(live.page.locator("#detail .results pre")).to_have_text(evil)
    assert live.page.title() == "AstroLabNet"
    assert live.complaints == []


@pytest.mark.timeout(120)
def test_without_a_token_the_page_says_what_to_do(live: Open) -> None:
    live.page.context.clear_cookies()
    live.page.goto("about:blank")
    live.page.goto(live.site.url)
    expect(live.page.locator("#live")).to_contain_text("by the link that astrolabnet web prints")
    live.picture("no-token")
