"""Story: one line of Python for each command of the table, in an order in which most of them find what they need."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from astrolabnet_gui.command.line import NOUNS

from .place import Place

LEFT_OUT = {
    "island.start": "starts a Spark of its own: tests/command/test_island.py",
    "island.stop": "ends it: tests/command/test_island.py",
    "island.kafka": "starts a broker: tests/command/test_source_on_kafka.py",
    "island.status": "on the command line a word of the island's own program: tests/cli/test_island_words.py",
    "channel.serve": "goes on for minutes: tests/command/test_timing.py",
}
# Commands that these places refuse or can not end well, in every face; why.
_SPARK = "the small Livys answer no SQL; with real Spark: tests/cli/test_real_island.py, tests/command"
_BROKER = "the source is no broker; with one: tests/command/test_source_on_kafka.py"
_FILES = "the channel makes its rows by itself and copies no files: tests/channels, tests/command"
_PAST = "nothing was recorded yet; with a past: tests/command/test_recalling.py"
_NOBODY = "nobody is there to answer; with one: tests/sources"
REFUSED: dict[str, str] = {
    **dict.fromkeys((
        "channel.table", "data.look", "data.more", "dataset.declare", "dataset.prove", "file.open", "file.summary",
        "file.table", "registry.use", "route.probe", "route.relay", "server.collect", "table.compare", "table.cone",
        "table.count", "table.density", "table.export", "table.facts", "table.fingerprint", "table.histogram",
        "table.lightcurve", "table.load", "table.look", "table.match", "table.measure", "table.mend", "table.packet",
        "table.profile", "table.refer", "table.samp", "table.schema", "table.series", "table.sky", "table.stamps",
        "table.unrefer",
    ), _SPARK),
    **dict.fromkeys(("source.look", "source.tail", "source.topics"), _BROKER),
    **dict.fromkeys(("channel.mend", "channel.prove", "channel.replay", "channel.route"), _FILES),
    **dict.fromkeys(("source.query", "source.tables"), "the source is no database: tests/sources"),
    **dict.fromkeys(("journal.moments", "journal.past"), _PAST),
    **dict.fromkeys(("samp.point", "samp.receive", "tap.fetch", "tap.query", "server.probe", "server.offers"), _NOBODY),
    "plugin.trust": "no plug-in is installed; with one: tests/plugins", "plugin.distrust": "the same",
    "workspace.merge": "there is no such folder; with one: tests/command/test_workspace.py",
    "workspace.use": "the same",
    "server.connect": "it is trusted already", "server.trust": "it has no certificate: tests/client/test_tls.py",
    "source.restore": "the text describes none", "channel.restore": "none was deleted under that name",
    "channel.schedule": "it flows for ever", "journal.begin": "the journal is sound",
    "group.retry": "none has failed", "group.cancel": "all have ended", "task.log": "one JVM names no executors",
    "island.log": "no island was started here",
}  # fmt: skip
STORY = {
    "work": """
net["lal"].test()
net["lal"].options_session()
net["lal"].new_session(kind="pyspark", driver_memory="2g")
net["lal"].sessions[0].send("pi", kind="pyspark")
net["lal"].sessions[0].send(code="1 + 1", kind="pyspark")
net["lal"].sessions[0].complete(code="spark.re")
net["lal"].sessions[0].log()
net["lal"].sessions[0].keep()
net["lal"].sessions[0].attach()
net.session.orphans()
net["lal"].sessions[0].tasks[0].keep()
net.tasks["{tasks}"].result()
net["lal"].sessions[0].tasks[0].export(file="{made}/pi.json")
net["lal"].sessions[0].send(code="SELECT mag FROM sky", kind="sql")
net["lal"].sessions[0].tasks[2].save(file="{made}/pi.csv")
net["lal"].sessions[0].tasks[0].compare(other="{tasks}")
net["lal"].sessions[0].tasks[0].again()
net["lal"].sessions[0].tasks[0].forward(server="cern")
net["lal"].sessions[0].tasks[0].log(executor="1")
net["lal"].sessions[0].send(code="2 + 2", kind="pyspark")
net["lal"].sessions[0].tasks[4].cancel()
net["lal"].sessions[0].tasks[0].delete()
net.task.find(text="pi", state="done", since="3d")
net.task.reconcile()
net["lal"].send("pi", kind="pyspark")
net.action.new(title="Night report", kind="sql", code="SELECT 1")
net.actions["night-report"].edit(title="Night report", code="SELECT 2", kind="sql")
net.actions["pi"].duplicate()
net.actions["pi"].export(file="{made}/pi.toml")
net.action.load(file="{made}/pi.toml")
net.actions["night-report"].remove()
net.action.restore(name="night-report")
net.group.send("pi", targets=("cern", "lal"), kind="pyspark")
net.groups["{groups}"].result()
net.groups["{groups}"].save(file="{made}/sky.csv")
net.groups["{groups}"].retry()
net.groups["{groups}"].leave(server="lal")
net.groups["{groups}"].cancel()
net.groups["{groups}"].remove()
net["lal"].new_batch(file="hdfs:///jobs/sky.py", args=("2026",))
net["lal"].batches[0].log()
net["lal"].batches[0].again()
net["lal"].batches[0].forward(server="cern")
net["lal"].batches[0].kill()
""",
    "desk": """
net["lal"].tint(tint="clay")
net["lal"].move(to=1)
net.server.add(alias="far", url="http://127.0.0.1:3")
net["far"].edit(url="http://127.0.0.1:4")
net["far"].trust(sha256="5A:1F")
net["far"].remove()
net.server.restore(server={"uuid": "33333333333333333333333333333333", "alias": "far", "url": "http://127.0.0.1:3"})
net.server.probe(alias="lal", url="http://127.0.0.1:9")
net.server.offers(source="/nowhere.json")
net["far"].connect()
net.workspace.connect()
net.workspace.share(file="{made}/fink.astrolabnet")
net.workspace.open(file="{made}/fink.astrolabnet")
net.workspace.merge(folder="{made}/merge")
net.workspace.use(folder="{made}/workspace")
net.preferences.set(theme="light", text=150)
net.plugin.list()
net.plugin.trust(name="astro-night")
net.plugin.distrust(name="astro-night")
net.source.add(name="Fink", preset="rate")
net.sources["Fink"].edit(rows_s=7)
net.source.presets()
net.sources["Fink"].test()
net.sources["Fink"].topics()
net.sources["Fink"].tail()
net.sources["Fink"].look(topic="fink_sn_lsst", offset=12)
net["lal"].check_channel(title="alerts", format="rate")
net["lal"].new_channel(title="alerts", format="rate", to="/data/alerts")
net["lal"].find_channel()
net.channels["{channels}"].status()
net.channels["{channels}"].pause()
net.channels["{channels}"].edit(where="value > 3", rows_at_once=400)
net.channels["{channels}"].throttle(rows_at_once=300)
net.channels["{channels}"].start()
net.channels["{channels}"].rewind()
net.channels["{channels}"].table(name="night.alerts")
net.channels["{channels}"].schedule(at="03:00")
net.channels["{channels}"].rehearse(archive="/nights/20260801")
net.channels["{channels}"].route(route="relay")
net.channels["{channels}"].prove()
net.channels["{channels}"].mend()
net["lal"].replay_channel(archive="/nights/20260801", speed=1000)
net.sources["Fink"].tables()
net.sources["Fink"].query(query="SELECT TOP 5 * FROM gaiadr3.gaia_source")
net.channels["{channels}"].delete()
net["lal"].restore_channel(channel="alerts-1f2e3d")
net["lal"].subscribe_channel(source="Fink", where="value > 18", table="night.bright")
net["lal"].try_channel(source="Fink", archive="/nights/20260801")
net["lal"].watch_channel(fits="night.alerts_*", target="cern")
net["lal"].unwatch_channel(name="lal night.alerts_* to cern")
net.channel.times()
net.sources["Fink"].remove()
net.source.restore(name="Fink", text="{}")
""",
    "data": """
net["lal"].new_session(kind="pyspark", driver_memory="2g")
net.dataset.new(name="ztf", tags=("alerts",), dated="mjd")
net.datasets["ztf"].edit(tags=("alerts", "public"))
net.datasets["ztf"].ask()
net.datasets["ztf"].newest()
net.datasets["ztf"].prove()
net.datasets["ztf"].place_job(datasets=("ztf",), kind="sql", code="SELECT count(*) FROM ztf")
net.datasets["ztf"].drop()
net.registry.use(folder="hdfs://nn/archipelago", server="lal")
net.registry.share()
net["lal"].learn_registry()
net["lal"].look_data()
net["lal"].table("sky.alerts").look()
net["lal"].table("sky.alerts").count()
net["lal"].table("sky.alerts").facts()
net["lal"].table("sky.alerts").schema()
net["lal"].table("sky.alerts").measure()
net["lal"].table("sky.alerts").profile()
net["lal"].table("sky.alerts").fingerprint()
net["lal"].table("sky.alerts").compare(other="cern/catalogs/spark_catalog/namespaces/sky/tables/alerts")
net["lal"].table("sky.alerts").histogram()
net["lal"].table("sky.alerts").density(x="ra", y="dec")
net["lal"].table("sky.alerts").series()
net["lal"].table("sky.alerts").sky()
net["lal"].table("sky.alerts").lightcurve()
net["lal"].table("sky.alerts").stamps()
net["lal"].table("sky.alerts").packet()
net["lal"].table("sky.alerts").cone(at="10.68 +41.27", radius=30)
net["lal"].table("sky.alerts").match(file="{made}/mine.fits", radius=2)
net["lal"].table("sky.alerts").export(file="{made}/alerts.csv")
net["lal"].table("sky.alerts").samp(to="TOPCAT")
net["lal"].table("sky.alerts").refer(target="cern", name="sky.alerts")
net["lal"].table("sky.alerts").mend(like="cern/catalogs/spark_catalog/namespaces/sky/tables/alerts")
net["lal"].table("sky.alerts").declare_dataset(dataset="ztf")
net["lal"].catalogs["spark_catalog"].namespaces["sky"].more()
net["lal"].files["Files"].summary()
net["lal"].files["Files"].table(name="sky.alerts")
net.data.find(text="alerts")
net["lal"].open_file(uri="hdfs://nn/data")
net["lal"].sessions[0].lend()
net["lal"].load_table(file="{made}/stars.csv", name="sky.stars")
net["lal"].load_sky()
net["lal"].unrefer_table(name="sky.alerts")
net["lal"].relay_route(place="/data/night", target="cern", to="/astro/night")
net["lal"].probe_route()
net["lal"].matrix_route()
net["lal"].forget_session(name="large")
net["lal"].adopt_session()
net["lal"].collect()
net.tap.query(url="http://127.0.0.1:9/tap", query="SELECT 1")
net["lal"].fetch_tap(url="http://127.0.0.1:9/tap", query="SELECT 1", name="sky.one")
net.samp.point(at="10.68 +41.27")
net["lal"].receive_samp(name="sky.mine")
net.journal.begin()
net.journal.moments()
net.journal.past(time="2026-11-26T01:30")
net.journal.since(time="2026-11-26T01:30")
net.journal.script(time="2026-11-26T01:30")
net.island.log()
net.session.clean()
net["lal"].sessions[0].close()
net.session.closeall()
""",
}
ROWS = {
    "status": "ok", "execution_count": 0,
    "data": {"application/json": {
        "schema": {"type": "struct", "fields": [{"name": "mag", "type": "double", "nullable": True, "metadata": {}}]},
        "data": [[19.5], [17.25]],
    }},
}  # fmt: skip


def _holds(place: Place) -> None:
    """What is sent from now on goes on."""
    for livy in place.livies.values():
        livy.holding = True


def _frees(place: Place) -> None:
    for livy in place.livies.values():
        livy.holding = False


def _gives_rows(place: Place) -> None:
    place.livies["1" * 32].answers.append(ROWS)


BEFORE: dict[str, Callable[[Place], None]] = {
    'net["lal"].sessions[0].send(code="SELECT mag FROM sky", kind="sql")': _gives_rows,
    'net["lal"].sessions[0].send(code="2 + 2", kind="pyspark")': _holds,
    'net["lal"].sessions[0].tasks[0].delete()': _frees,
}


def story(chapter: str) -> Iterator[tuple[str, Callable[[Place], None]]]:
    """Its lines, each with what is made ready before."""
    for line in STORY[chapter].strip().splitlines():
        yield line, BEFORE.get(line, lambda _: None)


def command_of(line: str) -> str:
    """Name of the command a line does."""
    call = ast.parse(line, mode="eval").body
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Attribute)
    verb, _, noun = call.func.attr.partition("_")
    match call.func.value:
        case _ if noun:
            pass
        case ast.Attribute(attr=noun):  # net.island
            pass
        case ast.Call():  # net["lal"].table("…")
            noun = "table"
        case ast.Subscript(value=ast.Attribute(attr=collection)):
            noun = NOUNS[collection]
        case _:
            noun = "server"
    return f"{noun}.{verb}"
