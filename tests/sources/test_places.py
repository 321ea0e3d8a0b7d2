"""Places of the sky as people write them; names by a service that is asked only for names."""

from __future__ import annotations

import pytest
from astropy.coordinates import SkyCoord, name_resolve

from astrolabnet_gui.errors import BadInput, Unreachable
from astrolabnet_gui.sources.places import place, sesame


def nobody(name: str) -> tuple[float, float]:
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("text", "ra", "dec"),
    [
        ("10.68 41.27", 10.68, 41.27), ("10.68, -41.27", 10.68, -41.27), ("370 −0.5", 10.0, -0.5),
        ("1.5 +.5", 1.5, 0.5), ("83 -5", 83.0, -5.0),
    ],
)  # fmt: skip
def test_degrees(text: str, ra: float, dec: float) -> None:
    assert place(text, nobody) == pytest.approx((ra, dec))


@pytest.mark.parametrize(
    "text",
    ["00:42:44.3 +41:16:09", "00 42 44.3 -00 16 09.5", "00h42m44.3s -41d16m09s", "23:59:59.99 -89:59:59", "5 35 -5 23"],
)
def test_hours_and_minutes_are_read_as_astropy_reads_them(text: str) -> None:
    wanted = SkyCoord(text, unit=("hourangle", "deg"))
    assert place(text, nobody) == pytest.approx((wanted.ra.deg, wanted.dec.deg), abs=1e-9)


@pytest.mark.parametrize("text", ["", "10 91", "1 2 3", "12:61:00 +1:00:00", "1:2 3 4 5 6 7", "nan nan x"])
def test_what_is_no_place_says_so(text: str) -> None:
    def unknown(name: str) -> tuple[float, float]:
        raise BadInput(f"nobody knows an object named {name!r}.", field="at")

    with pytest.raises(BadInput) as caught:
        place(text, unknown)
    assert caught.value.field == "at"


def test_a_name_goes_to_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    assert place("M31", lambda name: {"M31": (10.68, 41.27)}[name]) == (10.68, 41.27)
    for words, kind, said in (
        ("Unable to find coordinates for name 'M 999'", BadInput, "nobody knows"),
        ("All Sesame queries failed.", Unreachable, "does not answer"),
    ):

        def refuse(name: str, words: str = words) -> SkyCoord:
            raise name_resolve.NameResolveError(words)

        monkeypatch.setattr(name_resolve, "get_icrs_coordinates", refuse)
        with pytest.raises(kind, match=said):
            place("M 999", sesame)
    monkeypatch.setattr(name_resolve, "get_icrs_coordinates", lambda name: SkyCoord(1, 2, unit="deg"))
    assert place("Vega", sesame) == pytest.approx((1, 2))
