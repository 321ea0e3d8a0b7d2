"""Logins: further ways to log in, brought by plug-ins that take part, by ``plug-in/name``; one list for the process."""

from __future__ import annotations

from .contract import Login

LOGINS: dict[str, Login] = {}


def offered() -> dict[str, str]:
    """What a form offers: the word that is kept, and what a person reads."""
    return {name: f"{login.title}  [{name.partition('/')[0]}]" for name, login in sorted(LOGINS.items())}
