"""Files a session is given while it runs: jars, Python modules, data files."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from astrolabnet_gui.errors import BadInput
from astrolabnet_gui.island.driver.context import Context


def uri(path: str) -> str:
    """The path as a URI; what is one already stays."""
    return path if len(urlsplit(path).scheme) > 1 else Path(path).absolute().as_uri()


class Files:
    """Hands files to Spark, so that every task and every language finds them; from any thread."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add(self, what: str, path: str) -> None:
        """Add a jar, a file or a pyfile.

        Raises:
            BadInput: no such kind of file, or Spark can not read it.
        """
        sc = self._context.sc
        if not path or (len(urlsplit(path).scheme) <= 1 and not Path(path).exists()):
            raise BadInput(f"There is no file {path}.", field="path")
        if what == "file":
            sc.addFile(uri(path))
        elif what == "pyfile":
            sc.addPyFile(path.removeprefix("file://"))
        elif what == "jar":
            sc._jsc.addJar(uri(path))
            if uri(path).startswith("file:"):
                self._context.loader.addURL(self._context.jvm.java.net.URL(uri(path)))
        else:
            raise BadInput(f"{what} is neither jar, file nor pyfile.", field="what")
