"""Addresses a person types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from astrolabnet_gui.model.server import Server


def server(url: str = "http://a.org", **more: object) -> Server:
    return Server.model_validate({"uuid": "u", "alias": "lal", "url": url, **more})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" http://a.org:8998/ ", "http://a.org:8998"),
        ("https://gw:8443/gateway/default/livy/v1/", "https://gw:8443/gateway/default/livy/v1"),
        ("http://[::1]:8998", "http://[::1]:8998"),
    ],
)
def test_addresses(typed: str, kept: str) -> None:
    assert server(typed).url == kept


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("lal.org:8998", "must start with http"),
        ("file:///etc/passwd", "must start with http"),
        ("http://", "no host name"),
        ("http://a:b@c.org", "take user and password out"),
        ("http://a.org:99999", "not readable"),
        ("http://[::1", "not readable"),
        ("http://a.org/?x=1", "must not hold"),
        ("http://a.org/?", "must not hold"),
        ("http://a.org/#x", "must not hold"),
        ("http://a b.org", "blanks or control"),
        ("http://a.org\nX: y", "blanks or control"),
        ("", "must start with http"),
    ],
)
def test_no_addresses(typed: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        server(typed)


@given(st.text(max_size=60) | st.from_regex(r"https?://[^ ]{0,30}"))
def test_any_text_is_an_address_or_a_plain_refusal(typed: str) -> None:
    try:
        kept = server(typed).url
    except ValidationError as exc:
        blamed = {error["loc"] for error in exc.errors()}
    else:
        blamed = {("url",)}
        assert server(kept).url == kept
        assert kept.startswith(("http:", "https:"))
    assert blamed == {("url",)}


def test_pins_in_any_writing_are_one() -> None:
    pairs = ":".join(["AB"] * 32)
    assert server(verify=f"pin:{pairs}").verify == "pin:" + "ab" * 32
    assert server(verify="").verify == "system"
    with pytest.raises(ValidationError, match="64 hexadecimal digits"):
        server(verify="pin:abc")


@pytest.mark.parametrize("alias", ["", " lal", "a/b", "a\nb", "x" * 65])
def test_no_aliases(alias: str) -> None:
    with pytest.raises(ValidationError):
        server(alias=alias)


def test_the_island_is_known_by_its_origin() -> None:
    assert server(origin="island").is_island
    assert not server().is_island
