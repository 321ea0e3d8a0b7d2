"""A small TAP service on a port of its own: capabilities, synchronous queries answered in VOTable, errors as TAP has
them.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from astropy.io.votable import from_table, writeto
from astropy.table import Table

ERROR = b"""<?xml version="1.0"?><VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE
 type="results"><INFO name="QUERY_STATUS" value="ERROR">no table named nothing</INFO></RESOURCE></VOTABLE>"""


def stars(rows: int) -> Table:
    """What it always answers."""
    table = Table({"source_id": [2**60 + n for n in range(rows)], "ra": [10.0 + n for n in range(rows)]})
    table["ra"].unit = "deg"
    table["ra"].meta["ucd"] = "pos.eq.ra;meta.main"
    table["ra"].description = "right ascension"
    return table


def schema(query: str) -> Table:
    """What it says of its tables, and of the columns of one."""
    if "tap_schema.tables" in query:
        return Table({"table_name": ["gaia.source", "tap_schema.tables"], "table_type": ["table", "table"],
                      "description": ["Stars <b>all</b>", "Tables"]})  # fmt: skip
    there = "'gaia.source'" in query
    told = {"column_name": ["ra"], "datatype": ["double"], "unit": ["deg"], "ucd": ["pos.eq.ra"], "description": ["α"]}
    return Table(told)[: int(there)]


class _Answers(BaseHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        asked = parse_qs(self.rfile.read(length).decode())
        if "nothing" in asked["QUERY"][0]:
            return self._say(400, ERROR)
        out = io.BytesIO()
        query, most = asked["QUERY"][0], int(asked["MAXREC"][0])
        writeto(from_table(schema(query)[:most] if "tap_schema" in query else stars(min(5, most))), out)
        # The standard wants to be told that it is a result, and that all went well.
        told = out.getvalue().replace(b"<TABLE", b'<INFO name="QUERY_STATUS" value="OK"/><TABLE', 1)
        return self._say(200, told)

    def do_GET(self) -> None:
        self._say(404, b"nothing here")

    def _say(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-votable+xml")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def tap_service() -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tap"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
