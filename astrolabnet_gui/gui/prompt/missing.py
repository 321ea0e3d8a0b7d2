"""Missing: what stands in place of the prompt where its extra is not installed."""

from __future__ import annotations

import importlib.util

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ..safe import label

NEEDED = ("ipykernel", "jupyter_client")
INSTALL = "pip install 'astrolabnet-gui[notebook]'"


def there() -> bool:
    """The extra is installed."""
    return all(importlib.util.find_spec(name) for name in NEEDED)


def missing() -> QWidget:
    """What to do where the extra is not installed."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(12, 12, 12, 12)
    column.setSpacing(4)
    column.addWidget(label("No Python prompt yet", name="strong"))
    column.addWidget(
        label("It runs in a kernel of Jupyter, which is an extra. This installs it:", name="small", wrap=True)
    )
    column.addWidget(label(INSTALL, name="code", copyable=True))
    column.addStretch(1)
    return made
