"""Scala's compiler breaks down now and then: asked once more, then said in plain words; no code runs twice."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from py4j.protocol import Py4JJavaError

from astrolabnet_gui.island.driver.scala import ScalaRepl

BROKEN = """An error occurred while calling o56.interpret.
: java.lang.AssertionError: assertion failed:
  mkAttributedQualifier($line15.$iw, <none>)
     while compiling: <console>
        during phase: typer"""


class JavaSays(Py4JJavaError):  # type: ignore[misc]
    """As py4j raises it; the real one asks Java for its words."""

    def __init__(self, words: str) -> None:
        Exception.__init__(self, words)
        self.words = words

    def __str__(self) -> str:
        return self.words


class Compiler:
    """Answers in turn; an exception is raised."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers, self.asked = list(answers), list[str]()

    def interpret(self, code: str) -> Any:
        self.asked.append(code)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(toString=lambda: answer)


def repl(*answers: str | Exception) -> tuple[ScalaRepl, Compiler]:
    made = object.__new__(ScalaRepl)
    compiler = made._repl = Compiler(*answers)
    made._printed = lambda: "res0: Int = 2\n"  # type: ignore[method-assign]
    return made, compiler


def test_a_compiler_that_broke_down_once_is_asked_once_more() -> None:
    scala, compiler = repl(JavaSays(BROKEN), "Success")
    assert scala._lines(["1 + 1"]) == {"status": "ok", "data": {"text/plain": "res0: Int = 2\n"}}
    assert compiler.asked == ["1 + 1", "1 + 1"]


def test_a_compiler_that_broke_down_twice_says_so_and_that_nothing_ran() -> None:
    scala, compiler = repl(JavaSays(BROKEN), JavaSays(BROKEN), "Success")
    reply = scala._lines(["1 + 1", "2 + 2"])
    assert reply["status"] == "error"
    assert "did not run" in reply["evalue"]
    assert any("during phase: typer" in line for line in reply["traceback"])
    assert compiler.asked == ["1 + 1", "1 + 1"], "no line after it runs"


@pytest.mark.parametrize(
    "words", ["java.lang.AssertionError: assertion failed", "java.lang.OutOfMemoryError: Java heap"]
)
def test_what_else_java_throws_is_not_asked_again(words: str) -> None:
    scala, compiler = repl(JavaSays(words), "Success")
    with pytest.raises(Py4JJavaError):
        scala._lines(["1 + 1"])
    assert compiler.asked == ["1 + 1"]
