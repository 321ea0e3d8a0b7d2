"""The UI of Spark is asked once beforehand; whatever it says, the session goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from astrolabnet_gui.island.driver.ui import warm_up


class Ui(HTTPServer):
    """Stands in for Spark's."""

    asked: list[str]
    first = b'[{"id": "local-1"}]'


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Ui)
        self.server.asked.append(self.path)
        body = self.server.first if self.path.endswith("/applications") else b"[]"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def ui() -> Iterator[Ui]:
    server = Ui(("127.0.0.1", 0), _Answers)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_clients_ask_is_asked(ui: Ui) -> None:
    assert warm_up(f"http://127.0.0.1:{ui.server_port}")
    assert [path.removeprefix("/api/v1/applications") for path in ui.asked] == [
        "", "/local-1/jobs", "/local-1/stages?details=false", "/local-1/allexecutors",
    ]  # fmt: skip


@pytest.mark.parametrize("first", [b"[]", b"<html>", b"[{}]"])
def test_a_strange_answer_is_borne(ui: Ui, first: bytes) -> None:
    ui.first = first
    assert not warm_up(f"http://127.0.0.1:{ui.server_port}")
    assert len(ui.asked) == 1


@pytest.mark.parametrize("root", [None, "", "http://127.0.0.1:9"])
def test_no_ui_is_borne(root: str | None) -> None:
    assert not warm_up(root)
