"""Folder: what is asked of the folders in which channels live, as Python for a session of their server."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from ..errors import Malformed
from ..resources import resource
from ..sources.needs import SERVED
from .spec import Spec, runner

MOST = 500


def code(act: str, base: str, **given: Any) -> str:
    """Python that does ``act`` and prints one line of JSON.

    Args:
        act: list, check, weigh, stage, say, stop, look, rewind, delete or restore.
        base: folder of results of the server; "" = what its Spark settings say, else in its home folder.
        given: what the act needs (``id``, ``spec``…).
    """
    if act == "check":
        given |= {"served": SERVED, "runner": runner()}
    blob = base64.b64encode(json.dumps({"act": act, "base": base, **given}).encode("ascii")).decode("ascii")
    definition = resource("code", "channel", "folder_acts.py").read_text("utf-8")
    return f'{definition}\nchannel_folder("{blob}")'


def rehearsal(spec: Spec, dated: str = "") -> str:
    """Python that reads what a channel would read and prints, as one line of JSON, how much it is, and when it came.

    Args:
        dated: column that says when a row came to be; "" = one that is known for that.
    """
    given = {"spec": json.loads(spec.text()), "runner": runner(), "dated": dated}
    blob = base64.b64encode(json.dumps(given).encode("utf-8")).decode("ascii")
    return f'{resource("code", "channel", "rehearsal.py").read_text("utf-8")}\nchannel_rehearsal("{blob}")'


def drift(folder: str, *, mend: bool = False, most: int = MOST) -> str:
    """Python that compares a channel's copy with its proof and prints, as one line of JSON, what is not the same.

    Args:
        folder: of the channel; mend: what of a mirror is not the same shall be copied by its next run.
    """
    given = {"folder": folder, "runner": runner(), "mend": mend, "most": most}
    blob = base64.b64encode(json.dumps(given).encode("utf-8")).decode("ascii")
    return f'{resource("code", "channel", "drift.py").read_text("utf-8")}\nchannel_drift("{blob}")'


def told(said: str) -> Mapping[str, Any]:
    """What that code printed.

    Raises:
        Malformed: it printed something else.
    """
    line = next((line for line in said.splitlines() if line.startswith("ALN ")), "")
    try:
        answer = json.loads(line.removeprefix("ALN "))
    except ValueError as exc:
        raise Malformed("the server did not say how its channels stand.", remedy="Try again.") from exc
    if not isinstance(answer, Mapping):
        raise Malformed("the server did not say how its channels stand.", remedy="Try again.")
    return answer
