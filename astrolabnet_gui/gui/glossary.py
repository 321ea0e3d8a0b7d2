"""Glossary: the product's words, each in one plain sentence, for tooltips. No Qt."""

from __future__ import annotations

GLOSSARY = {
    "archipelago": "All servers of this workspace, and what runs on them.",
    "island": "A Spark server of your own on this computer, started by AstroLabNet.",
    "server": "An address where Livy answers: it runs Spark for you.",
    "session": "One interpreter on a server, with its variables and its Spark application.",
    "task": "One sending of an action to a server, with its progress and its result.",
    "Spark tasks": "The small pieces Spark cuts a task into; many run at once.",
    "batch": "A program that runs by itself on a server, without a session.",
    "action": "Code, a script or a JAR that can be sent, with named values.",
    "language": "What a session speaks: Python, Scala, SQL or R.",
    "journal": "The record of every act: what was meant, and what came of it.",
    "verified equal": "Two copies were compared by a fingerprint of all rows, and are the same.",
    "data missing": "Data of a channel can no longer be had; a person must say what to do.",
}


def meaning(word: str) -> str:
    """What a word of the product means; "" if it is none."""
    folded = word.casefold()
    return next((text for name, text in GLOSSARY.items() if folded in (name.casefold(), f"{name.casefold()}s")), "")
