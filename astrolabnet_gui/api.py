"""Contract, version 1: all that a plug-in may lean on. What is not named here may change from one day to the next.

    VERSION                  1; a plug-in says so by the entry point ``v1`` of the group ``astrolabnet.api``
    Command, Params, Nothing, Result
                             a verb: ``async def (ctx, key, params) -> Result``; see ``Command``
    ctx                      progress(fraction, text), said(text), await ask(text), thing(key), server(key),
                             client(key) (one method per REST call of Livy), await blocking(call, *args)
    Key, Thing               where something is, and what is known of it
    View                     another tab beside a result
    Login                    another way to log in at a server
    Part: Text, Table, Column, Json, Image, Failure
                             what a result is made of
    AstroLabNetError, BadInput, NotApplicable, Missing
                             raise these in plain words; whatever else is raised is told as a fault of the plug-in

How a plug-in is written, packed and tried: ``docs/plugins.md``. What it may bring: ``plugins.contract``.
"""

from __future__ import annotations

from .command.registry import Command, Nothing, Params, Result
from .errors import AstroLabNetError, BadInput, Missing, NotApplicable
from .model.key import Key
from .model.output import Column, Failure, Image, Json, Part, Table, Text
from .model.thing import Thing
from .plugins.contract import VERSION, Login, View

__all__ = [
    "VERSION",
    "AstroLabNetError",
    "BadInput",
    "Column",
    "Command",
    "Failure",
    "Image",
    "Json",
    "Key",
    "Login",
    "Missing",
    "NotApplicable",
    "Nothing",
    "Params",
    "Part",
    "Result",
    "Table",
    "Text",
    "Thing",
    "View",
]
