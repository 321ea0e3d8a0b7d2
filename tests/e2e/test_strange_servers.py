"""Servers that are none, or behave badly, beside a good one: each is named with words, the good one works on."""

from __future__ import annotations

import asyncio
import functools
import json
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import trustme

from astrolabnet_gui.client import tls
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import RunState
from tests.client.test_faults import BOMB, HEAD, LOGIN_PAGE, after_request, endless, packed
from tests.e2e.live import Beat, Live, words_on
from tests.faultserver import Conversation, FaultServer, Script, always, closed_port

# Words the window must show of each.
STRANGE: dict[str, tuple[Script, str]] = {
    "html": (always(b"<html>It works!</html>", kind="text/html"), "web page"),
    "login": (always(LOGIN_PAGE, kind="text/html"), "login page"),
    "half": (after_request(HEAD + b'Content-Length: 100\r\n\r\n{"vers'), "half an answer"),
    "drip": (endless(HEAD + b"Content-Length: 9999\r\n\r\n", b" ", 1.0), "within "),
    "bomb": (packed(BOMB), "larger than"),
    "deep": (always(b"[" * 200_000), "recursion limit"),
}
UNKNOWN_STATE = {
    "from": 0, "total": 1, "more": {"a": [1]},
    "sessions": [{"id": 0, "name": "odd", "state": "quantum", "kind": "cobol", "colour": "blue", "log": []}],
}  # fmt: skip


async def odd_livy(talk: Conversation) -> None:
    """A Livy of some other time: states and fields nobody knows."""
    while await talk.request():
        said = UNKNOWN_STATE if talk.path.startswith("/sessions") else {"version": "7.0", "sessions": [], "total": 0}
        await talk.answer(json.dumps(said).encode())


class Harbour:
    """Servers in a thread of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="strange servers")
        self._stack = AsyncExitStack()
        self._thread.start()

    def open(self, script: Script, context: ssl.SSLContext | None = None) -> str:
        """Address of a new one."""
        return str(self._here(self._stack.enter_async_context(FaultServer(script, context))).url)

    def close(self) -> None:
        self._here(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _here(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)


@pytest.fixture
def harbour() -> Iterator[Harbour]:
    tls.context_for.cache_clear()
    made = Harbour()
    yield made
    made.close()
    tls.context_for.cache_clear()


def _says(live: Live, key: Key, words: str) -> bool:
    return words in live.thing(key).problem


def test_d3_d10_each_strange_server_is_named_with_words_and_the_good_one_works_on(
    harbour: Harbour, open_window: Callable[[], Live]
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    urls = {alias: (harbour.open(script), words) for alias, (script, words) in STRANGE.items()}
    urls["closed"] = (f"http://127.0.0.1:{closed_port()}", "nobody listens")
    urls["wrong"] = ("http://livy.invalid:8998", "is not known")
    urls["self-signed"] = (harbour.open(odd_livy, context), "certificate")
    good = harbour.open(odd_livy)
    live = open_window()
    with Beat() as beat:
        for alias, (url, _) in {**urls, "good": (good, "")}.items():
            live.do("server.add", None, alias=alias, url=url, timeout_s=2.0)
        by_name = {t.label: t.key for t in live.desk.store.servers()}
        live.in_state(by_name["good"], "up")
        for alias, (_, words) in urls.items():
            key = by_name[alias]
            live.until(f"{alias} says {words!r}", functools.partial(_says, live, key, words))
            assert live.thing(key).state not in ("up", "asking")
            live.desk.select(key)
            shown = words_on(live.window.detail)
            assert words in shown
            assert alias in shown
        tests = {alias: live.desk.acts[live.desk.submit("server.test", by_name[alias], {})] for alias in urls}
        for alias, act in tests.items():
            live.end_of(act)
            assert act.state is RunState.FAILED
            assert act.last is not None
            problem = act.last.problem
            assert problem is not None
            assert str(problem).startswith(f"{alias}: ")
            assert problem.remedy
        odd = next(t for t in live.desk.store.children(by_name["good"]) if t.key.kind == "sessions")
        assert (odd.label, odd.state) == ("odd", "quantum")
        assert live.thing(by_name["good"]).state == "up"
    assert beat.longest_s < 0.75, "the goal on a free machine is 0.25 s; a loaded one may need longer"
