"""Plain R: every Linux machine can have it (r-base-core), so a test run of CI without it there fails."""

from __future__ import annotations

import sys

from astrolabnet_gui.island.driver import r_home

NO_R = bool(r_home.find({}).why)
WHY = "R is not installed here" if sys.platform == "linux" else "platform: R is not installed here"
