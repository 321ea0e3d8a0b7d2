"""Style: the theme in Qt's terms: palette, small style sheet, fonts. Switching repaints, never rebuilds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from string import Template
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from ..resources import resource
from . import icons
from .slices import Slices
from .theme import COLOURS, Theme, theme

_SHEET = Template("""
QMainWindow, QMenuBar, QStatusBar { background: $window; }
QMenuBar { padding: 0 8px; border-bottom: ${line}px solid $border; }
QMenuBar::item { padding: 6px 10px; background: transparent; }
QMenuBar::item:selected { background: $hover; border-radius: 4px; }
QMenu { menu-scrollable: 1; background: $raised; border: ${line}px solid $border; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 8px; border-radius: 4px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $gone_text; }
QComboBox QAbstractItemView::item { padding: 4px; }
QComboBox QAbstractItemView::item:disabled { color: $gone_text; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QStatusBar { border-top: ${line}px solid $border; }
QStatusBar::item { border: none; }
QSplitter::handle, QMainWindow::separator { background: $border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent; }
QDockWidget, QStackedWidget, QScrollArea, #panel { background: $surface; border: none; }
#canvas_room { background: $canvas; }
#head { background: $surface; border-bottom: ${line}px solid $border; }
#foot { background: $surface; border-top: ${line}px solid $border; }
#strip { background: $raised; border: ${line}px solid $border; border-radius: 6px; }
#strip_tabs, #corner { background: $surface; }
#card { background: $raised; border: ${line}px solid $border; border-radius: 6px; }
#card[first="true"] { border-color: $accent; }
#chip { background: $raised; border: ${line}px solid $border; border-radius: 10px; }
#line { background: $border; max-height: 1px; min-height: 1px; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="display"] { font-size: ${display}px; font-weight: 600; }
QLabel[role="small"] { color: $text2; font-size: ${small}px; }
QLabel[role="hint"] { color: $text3; }
QLabel[role="code"] { color: $text2; font-family: "DejaVu Sans Mono", "Menlo", "Cascadia Mono";
  font-size: ${caption}px; }
QLabel[role="caption"] { color: $text3; font-size: ${caption}px; }
QLabel[role="path"] { color: $text2; font-size: ${small}px; }
QLabel[role="number"] { font-size: ${small}px; font-weight: 600; }
QLabel[role="wrong"] { color: $failed_text; font-size: ${small}px; }
QLabel[role="key"] { color: $text2; font-size: ${caption}px; background: $raised; border: ${line}px solid $border;
  border-radius: 4px; padding: 1px 6px; }
QLineEdit, QPlainTextEdit, QComboBox, QSpinBox { background: $field; border: ${line}px solid $edge; border-radius: 4px;
  color: $text; selection-background-color: $selected; selection-color: $text; }
QLineEdit, QComboBox { min-height: ${control}px; padding: 0 8px; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url("$drop"); width: 12px; height: 12px; }
#filter { padding-left: 0; }
#goto { background: $field; border: ${line}px solid $edge; text-align: left; padding: 0; }
#goto:hover { background: $hover; }
#palette { background: transparent; border: none; font-size: ${title}px; min-height: 32px; padding-left: 0; }
#popup { background: $raised; border: ${line}px solid $edge; border-radius: 8px; }
#popup QListView { background: $raised; }
#foot_raised { background: $raised; border-top: ${line}px solid $border; }
QPlainTextEdit[bare="true"] { border: none; background: $surface; border-radius: 0; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus { border-color: $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled { background: transparent; border-color: $border; color: $gone_text; }
QPlainTextEdit[bare="true"]:focus { border: none; }
*[wrong="true"] { border-color: $failed; }
QPushButton { background: $raised; border: ${line}px solid $edge; border-radius: 4px;
  min-height: ${control}px; padding: 0 12px; }
QPushButton:hover { background: $hover; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { border-color: $border; color: $gone_text; }
QPushButton[primary="true"] { background: $accent; border-color: $accent; color: $on_accent; font-weight: 600; }
QPushButton[primary="true"]:focus { border-color: $text; }
QPushButton[primary="true"]:disabled { background: $raised; border-color: $border; color: $gone_text; }
QPushButton[chip="true"] { border-color: $border; border-radius: 9px; min-height: ${chip}px;
  padding: 0 10px; font-size: ${small}px; }
QPushButton[count="true"] { background: transparent; border: none; color: $text2; font-size: ${small}px;
  padding: 0 8px 0 24px; min-height: ${chip}px; }
QPushButton[count="true"]:hover, QPushButton[count="true"]:focus { background: $hover; }
QPushButton[link="true"] { background: transparent; border: none; color: $busy_text; padding: 0 4px;
  min-height: ${chip}px; }
QPushButton[small="true"] { font-size: ${small}px; }
QPushButton[link="true"]:disabled { color: $gone_text; }
QPushButton[link="true"]:hover, QPushButton[link="true"]:focus { text-decoration: underline; }
QRadioButton::indicator, QCheckBox::indicator { width: 11px; height: 11px; border: ${line}px solid $edge;
  border-radius: 6px; background: $field; }
QCheckBox::indicator { border-radius: 2px; }
QRadioButton::indicator:checked, QCheckBox::indicator:checked { background: $accent; border-color: $text; }
QRadioButton::indicator:disabled, QCheckBox::indicator:disabled { border-color: $border; }
QRadioButton::indicator:checked:disabled, QCheckBox::indicator:checked:disabled { background: $gone_text; }
QRadioButton:focus, QCheckBox:focus { color: $busy_text; }
QToolButton { background: transparent; border: none; border-radius: 4px; padding: 4px; }
QToolButton:hover, QToolButton:focus { background: $hover; }
QToolButton::menu-indicator { image: none; }
QTabBar { background: $surface; }
QTabBar::tab { background: transparent; color: $text2; padding: 7px 12px 6px; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; font-weight: 600; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QTabWidget::pane { border: none; border-top: ${line}px solid $border; }
QTreeView, QListView, QTableView { background: $surface; border: none; outline: none; }
QTableView { gridline-color: $border; selection-background-color: $selected; selection-color: $text; }
QHeaderView { background: $raised; }
QHeaderView::section { background: $raised; color: $text2; border: none; border-bottom: ${line}px solid $border;
  border-right: ${line}px solid $border; padding: 4px 8px; }
QTreeView QHeaderView, QTreeView QHeaderView::section { background: $surface; color: $text3; font-size: ${caption}px;
  border-right: none; padding: 3px 0; }
QTreeView QHeaderView::section:first { padding-left: 12px; }
QTreeView QHeaderView::section:last { padding-right: 12px; }
QTableCornerButton::section { background: $raised; border: none; border-bottom: ${line}px solid $border; }
QScrollBar { background: transparent; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $link_wire; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: $field; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $busy; border-radius: 2px; }
QToolTip { background: $raised; color: $text; border: ${line}px solid $edge; padding: 4px; }
QMessageBox, QDialog { background: $raised; }
""")


def sheet(now: Theme) -> str:
    """Style sheet of what the palette can not say: fields, buttons, tabs, heads, splitters, scroll bars."""
    lengths = {name: str(length) for name, length in now.size.items()}
    lengths |= {"control": str(now.space["control"] - 2), "chip": str(now.size["body"] + 5), "line": str(now.line)}
    # A sheet knows no tokens inside a picture: its grey is seen on every ground.
    lengths["drop"] = resource("themes", "drop.svg").as_posix()
    return _SHEET.substitute({token: now.colour(token) for token in COLOURS} | lengths)


def palette(now: Theme) -> QPalette:
    """Every role in all three groups."""
    roles = QPalette.ColorRole
    of = {
        roles.Window: "window", roles.WindowText: "text", roles.Base: "surface", roles.AlternateBase: "raised",
        roles.Text: "text", roles.PlaceholderText: "text3", roles.Button: "raised", roles.ButtonText: "text",
        roles.BrightText: "text", roles.Highlight: "selected", roles.HighlightedText: "text", roles.Link: "busy_text",
        roles.LinkVisited: "busy_text", roles.ToolTipBase: "raised", roles.ToolTipText: "text", roles.Light: "hover",
        roles.Midlight: "raised", roles.Mid: "border", roles.Dark: "border", roles.Shadow: "canvas",
        roles.Accent: "accent",
    }  # fmt: skip
    made = QPalette()
    for role, token in of.items():
        made.setColor(role, QColor(now.colour(token)))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(now.gone_text))
    return made


def ui_font(now: Theme) -> QFont:
    """The body face with tabular figures."""
    found = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    for family in now.font["ui"]:
        if QFontDatabase.hasFamily(family):
            found = QFont(family)
            break
    found.setPixelSize(now.size["body"])
    found.setFeature(QFont.Tag("tnum"), 1)
    return found


class Dress(QObject):
    """The theme of the moment: the user's choice, else the system's, dark where that says nothing.

    Attributes:
        changing: Qt is told of another theme now; it has every view laid out some ten times meanwhile.
    """

    changed = Signal(object)

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._wish: dict[str, Any] = {"theme": choice, "contrast": "system", "motion": "system", "text": 100}
        # The hints' child objects die with the hints, so the reference is kept.
        self._hints = app.styleHints()
        self._hints.colorSchemeChanged.connect(self.refresh)
        self._access = getattr(self._hints, "accessibility", lambda: None)()
        if self._access is not None:
            self._access.contrastPreferenceChanged.connect(self.refresh)
        self.now = self._wanted()
        self.changing = False
        self._turns = Slices(self)
        self._turns.done.connect(lambda: self.changed.emit(self.now))
        icons.follow(lambda: self.now)
        app.setStyle("Fusion")
        self._turns.at_once(self._wear())

    def choose(self, choice: str) -> None:
        """``system``, ``dark`` or ``light``."""
        self.wish({"theme": choice})

    def wish(self, wishes: Mapping[str, Any], *, in_turns: bool = False) -> None:
        """Take what the preferences say of theme, contrast, motion and text; other names are ignored.

        Args:
            in_turns: the window answers in between, and shows the change when all of it is there.
        """
        self._wish |= {name: value for name, value in wishes.items() if name in self._wish}
        self._look(self._turns.begin if in_turns else self._turns.at_once)

    def wishes(self) -> dict[str, Any]:
        """What was wished last."""
        return dict(self._wish)

    def refresh(self) -> None:
        """Look again what is wanted."""
        self._look(self._turns.at_once)

    def _look(self, do: Callable[[Iterator[None]], None]) -> None:
        wanted = self._wanted()
        if wanted != self.now:
            self.now = wanted
            do(self._wear())

    def _wanted(self) -> Theme:
        name, wish = self._wish["theme"], self._wish
        if name not in ("dark", "light"):
            name = "light" if self._hints.colorScheme() == Qt.ColorScheme.Light else "dark"
        high = wish["contrast"] == "high" or (wish["contrast"] == "system" and self._system_contrast())
        # Qt tells of the system's wish for less motion by taking the animations of widgets away.
        still = not self._app.isEffectEnabled(Qt.UIEffect.UI_General) and self._effects_known()
        reduced = wish["motion"] == "reduced" or (wish["motion"] == "system" and still)
        return theme(name, high_contrast=high, reduced_motion=reduced, text_scale=wish["text"] / 100)

    def _effects_known(self) -> bool:
        return self._app.platformName() in ("windows", "cocoa")

    def _system_contrast(self) -> bool:
        return self._access is not None and self._access.contrastPreference() == Qt.ContrastPreference.HighContrast

    def _wear(self) -> Iterator[None]:
        windows = [one for one in self._app.topLevelWidgets() if one.isVisible()]
        self.changing = True
        try:
            for one in windows:
                one.setUpdatesEnabled(False)
            # Qt 6.11 gives another sheet to each widget once for every one it stands in, some ten times (0.5 s of a
            # thousand widgets); the first sheet it gives once. So the old one goes first.
            self._app.setStyleSheet("")
            yield
            self._app.setFont(ui_font(self.now))
            self._app.setPalette(palette(self.now))
            yield
            self._app.setStyleSheet(sheet(self.now))
        finally:
            self.changing = False
            for one in windows:
                if shiboken6.isValid(one):
                    one.setUpdatesEnabled(True)
