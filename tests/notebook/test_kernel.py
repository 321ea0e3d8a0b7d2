"""A real kernel of Jupyter: rich objects, progress, tables, awaiting, the cell magic; and no Qt in it."""

from __future__ import annotations

from ..faultlivy import FaultLivy, faultlivy
from .kernel import kernel


def test_a_notebook_from_its_first_cell_to_the_graph() -> None:
    livy = FaultLivy(starts_s=0, lasts_s=0.5)
    with faultlivy(livy) as lal, kernel() as cells:
        number = lal.do(livy.open)
        cells.well("import astrolabnet_gui as aln\nnet = aln.connect()")
        cells.well(f"net.server.add(alias='lal', url={lal.url!r})")
        assert "<code>lal</code>" in cells.well("net['lal'].test()\nnet").page
        assert f"lal/sessions/{number}" in cells.well("net['lal']").page
        assert "<code>lal</code>" in cells.well("net.servers").page
        session = f"net['lal'].sessions[{number}]"

        sent = cells.well(f"task = {session}.run('spark.range(1000).count()')\ntask")
        assert "done" in sent.page
        assert "<progress" in sent.shown[0]["text/html"]
        assert "<progress" not in sent.updates[-1]["text/html"]

        assert "done" in cells.well(f"await {session}.run.aio('1+1')").page
        assert "<svg" in cells.well("net.graph").shown[0]["image/svg+xml"]

        cells.well("%load_ext astrolabnet_gui.notebook")
        assert "done" in cells.well(f"%%aln lal/sessions/{number}\n1 + 1").page
        assert "there is no sessions/99" in cells.run("%%aln lal/sessions/99\n1 + 1").error
        assert "usage: %%aln" in cells.run("%%aln --kind nonsense lal\n1").streamed
        heavy = "[m for m in sys.modules if m.split('.')[0] in ('PySide6', 'shiboken6', 'pyqtgraph')]"
        assert cells.well(f"import sys\n{heavy}").shown[0]["text/plain"] == "[]"
        cells.well("net.close()")
