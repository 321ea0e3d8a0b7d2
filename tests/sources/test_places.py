"""Places of the sky as people write them; names by a service that is asked only for names."""

from __future__ import annotations

import pytest
from astropy.coordinates import SkyCoord, name_resolve

from astrolabnet_gui.errors import BadInput, Unreachable
from astrolabnet_gui.sources.places import listed, place, sesame


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


def test_a_list_is_places_one_a_line_with_what_was_written() -> None:
    sheet = listed(("RA Dec", "", "# mine", " 10.68\t+41.27 ", "00:42:44.3 +41:16:09", "370, -0.5"))
    assert [(c.name, c.unit) for c in sheet.columns] == [("place", ""), ("ra", "deg"), ("dec", "deg")]
    rows = sheet.arrow.to_pylist()
    assert [row["place"] for row in rows] == ["10.68\t+41.27", "00:42:44.3 +41:16:09", "370, -0.5"]
    assert [row["ra"] for row in rows] == pytest.approx([10.68, 10.684583333, 10.0])
    assert [row["dec"] for row in rows] == pytest.approx([41.27, 41.269166667, -0.5])
    assert listed(()).rows == 0


@pytest.mark.parametrize("line", ["M 31", "1 2 3", "10 91", "<b>1 2</b>", "nan 3", "1e400 2"])
def test_a_line_that_is_no_place_is_named(line: str) -> None:
    with pytest.raises(BadInput, match=r"line 3: .* is no place of the sky") as caught:
        listed(("1 2", "", line))
    assert caught.value.field == "places"
