"""Card: what a thing is and how it goes, beside the pointer after a moment of rest, or on Space."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from ...model.kind import Health
from ...model.task import Task
from ...model.thing import Thing
from ..glossary import meaning
from ..marks import mark_pixmap
from ..words import since as lasted
from ..words import state_word
from . import words
from .ink import NO_PEN, Ink
from .view import View

REST_MS = 400
_WIDE, _PAD, _LINE = 268.0, 14.0, 19.0
_NOTE, _NOTE_LINE = 11.0, 15.0
_KEYS = (("Enter", "open"), ("M", "menu"), ("F", "show all"))
_BUSY_KEYS = (("Enter", "open"), ("Del", "cancel"), ("M", "menu"))


def facts(path: Sequence[Thing], cores: words.Cores | None, now: datetime) -> list[str]:
    """Lines of a card below its title: what is known of the thing, nothing made up."""
    thing = path[-1]
    since = lasted(thing.since, now)
    out = [f"{state_word(thing.state)} {since}".strip()]
    if thing.fact:
        out[0] += f" · {thing.fact}"
    if cores and len(path) == 1:
        out.append(f"{cores[0]} of {cores[1]} cores in use")
    if isinstance(thing.payload, Task) and thing.payload.progress is not None and thing.payload.progress.tasks_total:
        known = thing.payload.progress
        out.append(f"{known.tasks_done} of {known.tasks_total} Spark tasks")
    if thing.stale_since is not None:
        out.append(f"last known {lasted(thing.stale_since, now)} ago")
    if thing.problem:
        out.append(thing.problem)
    return out


def meant(thing: Thing) -> str:
    """What the words of the product on a card mean, where a newcomer may not know them; "" if there are none."""
    return meaning(state_word(thing.state)) or (meaning("island") if words.is_island(thing) else "")


def wrapped(text: str, size: float, width: float, ink: Ink) -> list[str]:
    """A sentence in lines of at most ``width`` px."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and ink.width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def draw_card(
    painter: QPainter,
    path: Sequence[Thing],
    at: QPointF,
    view: View,
    ink: Ink,
    cores: words.Cores | None,
    now: datetime,
) -> QRectF:
    """Paint the card near a screen point, inside the chart; returns where it stands. All text is plain."""
    thing, lines = path[-1], facts(path, cores, now)
    bar = 12.0 if thing.progress is not None else 0.0
    notes = wrapped(meant(thing), _NOTE, _WIDE - 2 * _PAD, ink)
    high = 2 * _PAD + 22 + bar + _LINE * len(lines) + _NOTE_LINE * len(notes) + 24
    left = at.x() + 18 if at.x() + 18 + _WIDE < view.width - 8 else at.x() - 18 - _WIDE
    top = min(at.y() + 14, view.height - high - 8)
    rect = QRectF(max(8.0, left), max(8.0, top), _WIDE, high)
    painter.setPen(NO_PEN)
    for spread in (6, 3, 1):
        painter.setBrush(ink.brush("shadow", 0.25))
        painter.drawRoundedRect(rect.adjusted(-spread, 0, spread, spread + 3), 8 + spread, 8 + spread)
    painter.setPen(ink.pen("edge", 1.0))
    painter.setBrush(ink.brush("raised"))
    painter.drawRoundedRect(rect, 8, 8)
    x, y, room = rect.left() + _PAD, rect.top() + _PAD, _WIDE - 2 * _PAD
    painter.drawPixmap(QPointF(x, y + 2), mark_pixmap(thing.health, ink.theme, 14, ink.ratio(painter)))
    where = " › ".join(step.label for step in path[:-1])
    where = ink.elide(where, 11, room * 0.45)
    wide = ink.face(11).metrics.horizontalAdvance(where)
    _say(painter, x + 20, y + 13, ink.elide(thing.label, 13, room - 30 - wide, strong=True), 13, True, "text", ink)
    _say(painter, rect.right() - _PAD - wide, y + 13, where, 11, False, "text3", ink)
    y += 24
    if thing.progress is not None:
        painter.fillRect(QRectF(x, y, room, 4), ink.colour("border"))
        painter.fillRect(QRectF(x, y, room * thing.progress, 4), ink.colour("busy"))
        y += bar
    for line in lines:
        token = "failed_text" if line == thing.problem else "text2"
        _say(painter, x, y + 13, ink.elide(line, 12, room, middle=False), 12, False, token, ink)
        y += _LINE
    for note in notes:
        _say(painter, x, y + 12, note, _NOTE, False, "text3", ink)
        y += _NOTE_LINE
    y += 6
    busy = thing.key.kind == "statements" and thing.health is Health.BUSY
    for key, verb in _BUSY_KEYS if busy else _KEYS:
        _say(painter, x, y + 12, key, 11, True, "text", ink)
        x += ink.face(11, True).metrics.horizontalAdvance(key) + 5
        _say(painter, x, y + 12, verb, 11, False, "text3", ink)
        x += ink.face(11).metrics.horizontalAdvance(verb) + 16
    return rect


def _say(painter: QPainter, x: float, base: float, text: str, size: float, strong: bool, token: str, ink: Ink) -> None:
    painter.setFont(ink.face(size, strong).font)
    painter.setPen(ink.colour(token))
    painter.drawText(QPointF(x, base), text)
