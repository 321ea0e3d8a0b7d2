"""connect() and the README's scripts, against servers that answer over HTTP."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import astrolabnet_gui
from astrolabnet_gui.cli.prompt import script
from astrolabnet_gui.net.desk import NeedsAnswer

from ..faultlivy import FaultLivy, faultlivy

README = Path(__file__).parents[2] / "README.md"


def example(first: str) -> str:
    """The README's example of Python that begins so."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    (found,) = (block for block in blocks if block.startswith(first))
    return str(found)


def test_the_originals_script_in_our_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    livy = FaultLivy(starts_s=0)
    with faultlivy(livy) as lal, faultlivy() as cern:
        number = lal.do(livy.open)
        code = example("# two servers").replace("http://lal.example.org:8998", lal.url)
        file = tmp_path / "night.py"
        file.write_text(code.replace("http://cern.example.org:8998", cern.url), encoding="utf-8")
        script(file)
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "lal is in the workspace.", "cern is in the workspace.",
        "lal up", f"lal/sessions/{number} idle", "cern up",
    ]  # fmt: skip


async def test_a_program_of_ones_own_awaits() -> None:
    livy = FaultLivy(starts_s=0, lasts_s=0)
    with faultlivy(livy) as lal:
        number = lal.do(livy.open)
        with astrolabnet_gui.connect() as net:
            await net.server.add.aio(alias="lal", url=lal.url)
        code = example("net = await").replace("sessions[0]", f"sessions[{number}]")
        names: dict[str, Any] = {"astrolabnet_gui": astrolabnet_gui}
        body = "".join(f"    {line}\n" for line in code.splitlines())
        exec(f"async def main():\n{body}    return net, task\n", names)
        net, task = await names["main"]()
        with net:
            assert task.state == "done"
            with pytest.raises(NeedsAnswer, match="connect"):
                await net["lal"].remove.aio()


def test_connecting_needs_no_qt_and_no_display_and_importing_nothing_heavy() -> None:
    code = (
        "import sys, astrolabnet_gui as aln\n"
        "assert 'pydantic' not in sys.modules and 'asyncio' not in sys.modules\n"
        "net = aln.connect()\n"
        "print(net, [m for m in sys.modules if m.split('.')[0] in ('PySide6', 'shiboken6', 'pyqtgraph')])\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert said.stdout == "<servers: none yet: net.island.start()> []\n", said.stderr
