"""Glossary: the product's words, each in one plain sentence, for tooltips. No Qt."""

from __future__ import annotations

import re

GLOSSARY = {
    "archipelago": "All servers of this workspace, and what runs on them.",
    "island": "A Spark server of your own on this computer, started by AstroLabNet.",
    "server": "An address where Livy answers: it runs Spark for you.",
    "session": "One interpreter on a server, with its variables and its Spark application.",
    "task": "One sending of an action to a server, with its progress and its result.",
    "Spark task": "A small piece Spark cuts a task into; many run at once.",
    "batch": "A program that runs by itself on a server, without a session.",
    "action": "Code, a script or a JAR that can be sent, with named values.",
    "language": "What a session speaks: Python, Scala, SQL or R.",
    "journal": "The record of every act: what was meant, and what came of it.",
    "console": "Every act you do by mouse, as the Python that does the same.",
    "workspace": "The folder that names your servers, actions and channels.",
    "set-up": "Servers, actions and settings as one file, to share or to carry along.",
    "plug-in": "A package of others that adds commands, actions or views; off until you trust it.",
    "catalog": "The list of tables a server knows.",
    "dataset": "Data by one name, wherever copies of them lie.",
    "replica": "One copy of a dataset, at one server.",
    "fingerprint": "A number made of all rows in any order: equal copies have the same.",
    "registry": "A shared folder that tells others of datasets and servers.",
    "source": "Where new data come from: a topic of a broker, or a folder that fills.",
    "channel": "A way on which data go by themselves, from a source or a server to a server.",
    "rehearse": "Counts what a channel would bring, by its own program, and writes nothing.",
    "verified equal": "Two copies were compared by a fingerprint of all rows, and are the same.",
    "not compared": "Nobody has proved yet whether this copy is the same as the others.",
    "data missing": "Data of a channel can no longer be had; a person must say what to do.",
    "keep alive": "Puts off the end of an idle session for as long as tasks of yours run there.",
    "keep on the server": "The task writes its result beside the data, so that it outlives the session.",
}

MOST = 4
"""Words explained at once: more nobody reads."""


def _forms(word: str) -> str:
    return f"{re.escape(word)}{'(?:es)?' if word.endswith('ch') else 's?'}"


_WORDS = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(map(_forms, GLOSSARY), key=len, reverse=True))})(?!\w)", re.IGNORECASE
)
_NAMED = {word.casefold(): word for word in GLOSSARY}


def _name(found: str) -> str:
    folded = found.casefold()
    shorter = (folded, folded.removesuffix("s"), folded.removesuffix("es"))
    return next(_NAMED[form] for form in shorter if form in _NAMED)


def meaning(word: str) -> str:
    """What a word of the product means; "" if it is none."""
    return GLOSSARY[_name(word)] if _WORDS.fullmatch(word) else ""


def explained(text: str) -> str:
    """The words of the product in a text, each with its meaning on a line; "" if there is none."""
    names = dict.fromkeys(_name(found) for found in _WORDS.findall(text))
    return "\n".join(f"{name}: {GLOSSARY[name]}" for name in list(names)[:MOST])
