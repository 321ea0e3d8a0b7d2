"""Every exception of httpx has its error of ours; every shape of an error body gives its words."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrolabnet_gui.client import budgets
from astrolabnet_gui.client.fetch import Answer
from astrolabnet_gui.client.trouble import OUR_BUGS, Ask, from_httpx, quoted, shown
from astrolabnet_gui.client.verdict import refuse, retry_after_s, said, verdict
from astrolabnet_gui.errors import (
    Ambiguous,
    AstroLabNetError,
    BadInput,
    Busy,
    Malformed,
    NotLivy,
    Refused,
    Unreachable,
)

GET = Ask("GET", "http://lal.org:8998/sessions", budgets.LIST, "lal")
POST = Ask("POST", "http://lal.org:8998/sessions", budgets.CREATE, "lal", unsafe=True)


def _below(kind: type[BaseException]) -> Iterator[type[BaseException]]:
    yield kind
    for sub in kind.__subclasses__():
        yield from _below(sub)


ALL = sorted(
    {k for base in (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError) for k in _below(base)},
    key=lambda k: k.__name__,
)
#: What a read gives, what a POST gives. Written out one by one: a new exception of httpx fails the test below.
MEANING: dict[type[Exception], tuple[type[AstroLabNetError], type[AstroLabNetError]]] = {
    httpx.ConnectError: (Unreachable, Unreachable),
    httpx.ConnectTimeout: (Unreachable, Unreachable),
    httpx.PoolTimeout: (Unreachable, Unreachable),
    httpx.ProxyError: (Unreachable, Unreachable),
    httpx.UnsupportedProtocol: (BadInput, BadInput),
    httpx.InvalidURL: (BadInput, BadInput),
    httpx.LocalProtocolError: (BadInput, BadInput),
    httpx.ReadTimeout: (Unreachable, Ambiguous),
    httpx.WriteTimeout: (Unreachable, Ambiguous),
    httpx.ReadError: (Unreachable, Ambiguous),
    httpx.WriteError: (Unreachable, Ambiguous),
    httpx.CloseError: (Unreachable, Ambiguous),
    httpx.RemoteProtocolError: (NotLivy, Ambiguous),
    httpx.DecodingError: (Malformed, Ambiguous),
    httpx.HTTPError: (Unreachable, Ambiguous),
    httpx.RequestError: (Unreachable, Ambiguous),
    httpx.TransportError: (Unreachable, Ambiguous),
    httpx.TimeoutException: (Unreachable, Ambiguous),
    httpx.NetworkError: (Unreachable, Ambiguous),
    httpx.ProtocolError: (Unreachable, Ambiguous),
}


def test_the_table_knows_all_exceptions_of_httpx() -> None:
    ours = {k for bug in OUR_BUGS for k in _below(bug)}
    assert set(ALL) == set(MEANING) | ours
    assert not set(MEANING) & ours


@pytest.mark.parametrize("kind", MEANING, ids=lambda k: k.__name__)
def test_each_means_what_it_means(kind: type[Exception]) -> None:
    read, post = MEANING[kind]
    for ask, expected in ((GET, read), (POST, post)):
        error = from_httpx(kind("<b>boom</b>\nX"), ask)
        assert type(error) is expected
        assert str(error).startswith("lal: ")
        assert "\n" not in str(error)
        assert error.remedy or isinstance(error, BadInput)


def _answer(status: int, body: bytes, kind: str = "application/json", **headers: str) -> Answer:
    return Answer(status, httpx.Headers({"content-type": kind, **headers}), body)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (_answer(400, b'{"msg":"Rejected"}'), "Rejected"),
        (_answer(500, b'"java.util.concurrent.ExecutionException: a.b.RpcException: no\\n\\tat x"'), "no"),
        (_answer(403, b"{}"), ""),
        (_answer(405, b""), ""),
        (_answer(401, b'{"servlet":"x","message":"Unauthorized","url":"/","status":"401"}'), "Unauthorized"),
        (_answer(401, b"<html><head><title>Error 401\n No</title></head></html>", "text/html"), "Error 401 No"),
        (_answer(400, b"<h1>Bad</h1><p>X-Requested-By", "text/html"), "Bad X-Requested-By"),
        (_answer(404, b"no such app: nope", "text/plain"), "no such app: nope"),
        (_answer(429, b'{"errorCode":"x","message":"slow down"}'), "slow down"),
        (_answer(500, b"[1]"), ""),
        (_answer(500, b'{"msg":7}'), ""),
    ],
)
def test_five_shapes_and_more(answer: Answer, words: str) -> None:
    assert said(answer) == words
    error = verdict(GET, answer)
    assert words in str(error)


@given(st.integers(100, 999), st.binary(max_size=60), st.sampled_from(["application/json", "text/html", "", "a/b"]))
def test_any_status_and_body_has_a_verdict(status: int, body: bytes, kind: str) -> None:
    answer = _answer(status, body, kind)
    for ask in (GET, POST):
        try:
            refuse(ask, answer)
        except AstroLabNetError as exc:
            error: AstroLabNetError | None = exc
        else:
            error = None
        assert (error is None) == (200 <= status < 300)
        assert error is None or str(error).isprintable()


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 408, 429, 301, 302])
def test_a_post_may_have_run_all_the_same(status: int) -> None:
    assert type(verdict(POST, _answer(status, b"", "text/html"))) is Ambiguous


@pytest.mark.parametrize("status", [400, 405, 406, 409, 411, 413, 415, 422])
def test_a_post_was_refused_for_sure(status: int) -> None:
    assert type(verdict(POST, _answer(status, b""))) is Refused


def test_retry_after() -> None:
    def wait(text: str) -> float | None:
        return retry_after_s(_answer(503, b"", **{"retry-after": text}))

    assert wait("7") == 7.0
    assert wait("99999999999999999999") == 3600.0
    assert wait("") is None
    assert wait("soon") is None
    assert wait("-5") is None
    assert 50 < (wait(email.utils.formatdate(time.time() + 60, usegmt=True)) or 0) <= 60
    assert wait(email.utils.formatdate(0, usegmt=True)) == 0.0
    busy = verdict(GET, _answer(429, b"", **{"retry-after": "7"}))
    assert isinstance(busy, Busy)
    assert busy.retry_after_s == 7.0


@given(st.text(max_size=2000))
def test_server_text_within_our_words_is_inert(text: str) -> None:
    words = quoted(text)
    assert words.isprintable()
    assert len(words) <= 303


def test_a_redirect_to_nonsense_is_said() -> None:
    for target in ("http://[::1", "/ui", "", "?token=secret"):
        error = verdict(GET, _answer(302, b"", location=target))
        assert isinstance(error, NotLivy)
        assert "it redirects to" in str(error)
        assert "secret" not in str(error)


def test_a_query_is_not_shown() -> None:
    assert shown("https://u:p@a.org:1/x?token=1#f") == "https://a.org:1/x"
