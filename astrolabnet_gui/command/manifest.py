"""Manifest: the main class a JAR names itself."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from ..errors import BadInput

_LARGEST = 1_000_000
_MAIN = re.compile(r"^Main-Class:\s*([\w.$]+)\s*$", re.MULTILINE | re.IGNORECASE)


def main_class(jar: Path) -> str:
    """``Main-Class`` of a JAR's manifest; "" if it names none.

    Raises:
        BadInput: it can not be read, or is no JAR.
    """
    try:
        with zipfile.ZipFile(jar) as archive, archive.open("META-INF/MANIFEST.MF") as manifest:
            text = manifest.read(_LARGEST).decode("utf-8", "replace")
    except KeyError:
        return ""
    except OSError as exc:
        raise BadInput(f"{jar.name} can not be read: {exc.strerror or exc}.", field="file") from exc
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as exc:
        raise BadInput(f"{jar.name} is no JAR: {exc}.", field="file") from exc
    # A line of a manifest has at most 72 bytes and goes on after a line end and one blank.
    found = _MAIN.search(re.sub(r"\r?\n ", "", text.replace("\r\n", "\n")))
    return found[1] if found else ""
