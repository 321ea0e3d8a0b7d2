"""TAP: a query to an IVOA service as a sheet with its units and UCDs. Needs the extra ``astro`` (pyvo)."""

from __future__ import annotations

import warnings
from typing import Any

from ..errors import BadInput, Malformed, Missing, Unreachable
from .sheets import REMEDY, Sheet, of_astropy

SILENT_S = 60.0
MOST = 500_000


def query(url: str, adql: str, most: int) -> Sheet:
    """At most so many rows of the answer to a query in ADQL.

    Raises:
        BadInput: no address, or the service refused the query; its words.
        Unreachable: nobody answers, or not as a TAP service.
        Missing: pyvo is not installed.
    """
    check_address(url, "url")
    try:
        import requests
        from astropy.io.votable.exceptions import VOTableSpecError
        from pyvo import dal
    except ImportError as exc:
        raise Missing("asking a TAP service needs the library pyvo.", remedy=REMEDY) from exc
    # pyvo and astropy warn of what is against the standard and go on.
    with warnings.catch_warnings(action="ignore"), _session() as session:
        try:
            answer = dal.TAPService(url, session=session).search(adql, maxrec=most)
            return of_astropy(answer.to_table())
        except dal.DALQueryError as exc:
            raise BadInput(f"the service refused the query: {_words(exc)}", field="query") from exc
        except (dal.DALFormatError, VOTableSpecError, ValueError) as exc:
            if isinstance(exc.__context__, requests.RequestException):  # pyvo takes silence for a wrong format
                raise _silent(url, exc) from exc
            raise Malformed(f"{url} does not answer as a TAP service: {_words(exc)}", url=url) from exc
        except (dal.DALServiceError, requests.RequestException, OSError) as exc:
            raise _silent(url, exc) from exc


def check_address(url: str, field: str) -> None:
    """Refuse what can not be the address of a service.

    Raises:
        BadInput: it is none; ``field`` names where it was typed.
    """
    if not url.startswith(("http://", "https://")):
        raise BadInput(f"{url[:80]!r} is no address of a TAP service.", field=field, remedy="As https://host/tap.")


def schema_query(table: str = "") -> str:
    """ADQL for the tables of a service, or the columns of one, as every TAP service lists them (TAP 1.1, chapter 4)."""
    if not table:
        return "SELECT table_name, table_type, description FROM tap_schema.tables ORDER BY table_name"
    named = table.replace("'", "''")
    columns = "column_name, datatype, unit, ucd, description"
    return f"SELECT {columns} FROM tap_schema.columns WHERE table_name = '{named}' ORDER BY column_name"


def _silent(url: str, exc: BaseException) -> Unreachable:
    return Unreachable(f"the TAP service {url} can not be asked: {_words(exc)}")


def _session() -> Any:
    """A session that does not wait for ever; pyvo itself gives no time-out."""
    import requests

    class Patient(requests.Session):
        def request(self, *args: Any, **more: Any) -> Any:
            more.setdefault("timeout", SILENT_S)
            return super().request(*args, **more)

    return Patient()


def _words(exc: BaseException) -> str:
    return " ".join(str(exc).split())[:240].rstrip(".") + "."
