"""A parameter model becomes options, and what was given comes back as plain data."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from astrolabnet_gui.cli.words import add_options, pairs, params_of
from astrolabnet_gui.errors import BadInput


class Inner(BaseModel):
    """A part."""

    user: str = ""


class Asked(BaseModel):
    """One field of each sort."""

    code: str = Field(description="100 % yours")
    kind: Literal["pyspark", "sql"] = "pyspark"
    cores: int | None = None
    keep: bool = False
    jars: tuple[str, ...] = ()
    conf: dict[str, str] = Field(default_factory=dict)
    auth: Inner = Inner()
    password: str = Field(default="", json_schema_extra={"widget": "secret"})


def given(*words: str) -> dict[str, Any]:
    """Words -> plain data."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_options(parser, Asked)
    return params_of(parser.parse_args(words), Asked)


def test_only_what_was_given_comes_back() -> None:
    assert given("--code", "1+1") == {"code": "1+1"}
    assert given() == {}


def test_each_sort_of_field() -> None:
    data = given(
        "--code", "x = 'a\"b\\n'", "--kind", "sql", "--cores", "2", "--keep", "--jars", "a.jar", "--jars", "b.jar",
        "--conf", "spark.a=1", "--conf", "spark.b=x=y", "--auth", '{"user": "me"}',
    )  # fmt: skip
    assert data["code"] == "x = 'a\"b\\n'"
    asked = Asked.model_validate(data | {"conf": {k: str(v) for k, v in data["conf"].items()}})
    assert (asked.kind, asked.cores, asked.keep, asked.jars) == ("sql", 2, True, ("a.jar", "b.jar"))
    assert asked.conf == {"spark.a": "1", "spark.b": "x=y"}
    assert asked.auth == Inner(user="me")
    assert given("--no-keep") == {"keep": False}


def test_a_choice_that_is_not_offered_is_refused() -> None:
    with pytest.raises(argparse.ArgumentError, match="invalid choice"):
        given("--kind", "cobol")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--conf", "spark.a"], "NAME=VALUE"),
        (["--auth", "{"], "must be JSON"),
        (["--password", "hunter2"], "must not stand in the command line"),
        (["--password", "file:/no/such/file"], "no file /no/such/file"),
        (["--password", "env:ASTROLABNET_NO_SUCH"], "no variable ASTROLABNET_NO_SUCH"),
    ],
)
def test_bad_words_are_told_by_name(words: list[str], named: str) -> None:
    with pytest.raises(BadInput, match=named):
        given(*words)


def test_a_secret_comes_from_the_environment_a_file_or_standard_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MY_SECRET", "hunter2")
    assert given("--password", "env:MY_SECRET") == {"password": "env:MY_SECRET"}
    file = tmp_path / "token"
    file.write_text("hunter4")
    assert given("--password", f"file:{file}") == {"password": f"file:{file}"}
    monkeypatch.setattr("sys.stdin", io.StringIO("hunter3\n"))
    assert given("--password", "-") == {"password": "hunter3"}


def test_values_are_json_where_they_can_be() -> None:
    assert pairs("set", ["n=3", "who=me", "list=[1, 2]", 'text="3"', "empty="]) == {
        "n": 3, "who": "me", "list": [1, 2], "text": "3", "empty": "",
    }  # fmt: skip


def test_help_can_be_printed() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser, Asked)
    said = parser.format_help()
    assert "100 % yours" in said
    assert "never the secret itself" in " ".join(said.split())
