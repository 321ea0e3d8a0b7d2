"""A list of servers becomes a menu; a choice in it opens the form that adds the server, filled in; nothing is sent."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication, QMenu

from astrolabnet_gui.gui.offered import MOST
from astrolabnet_gui.gui.window import Window
from astrolabnet_gui.network.link import RunState
from tests.gui.fakes import FakeLink


def offer(alias: str, known_as: str = "") -> dict[str, str]:
    url = f"https://{alias}.example:8998"
    return {"alias": alias, "url": url, "login": "basic", "note": "<b>Anna's</b>", "known_as": known_as}


def read(window: Window, link: FakeLink, *offers: dict[str, str]) -> QMenu:
    run = window.desk.submit("server.offers", None, {"source": "list.json"})
    told: dict[str, Any] = {"servers": list(offers)}
    link.run(run, "server.offers", RunState.DONE, text="Read.", result=told)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def test_a_chosen_offer_fills_the_form(window: Window, link: FakeLink) -> None:
    menu = read(window, link, offer("lal", known_as="orsay"), offer("far"))
    known, far = (row for row in menu.actions() if row.data())
    assert (known.isEnabled(), far.isEnabled()) == (False, True)
    assert "in the workspace as orsay" in known.toolTip()
    assert "<b>" not in far.toolTip()
    far.trigger()
    menu.close()
    form = window.verbs.form
    assert form is not None
    assert form.verb.name == "server.add"
    values = {name: control.value for name, control in form.controls.items()}
    assert (values["alias"], values["url"], values["login"]) == ("far", "https://far.example:8998", "basic")
    assert [name for name, *_ in link.submitted if name.startswith("server.")] == ["server.offers"]


def test_long_and_empty_lists_say_so(window: Window, link: FakeLink) -> None:
    menu = read(window, link, *(offer(f"s{n}") for n in range(MOST + 5)))
    assert menu.actions()[-1].text().startswith("5 more")
    assert len([row for row in menu.actions() if row.data()]) == MOST
    menu.close()
    menu = read(window, link)
    assert menu.actions()[-1].text() == "The list names no server"
    menu.close()
