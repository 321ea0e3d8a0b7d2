"""Plug-ins: what others bring: found by their metadata, listed, and not imported before a person trusts them.

A plug-in is an installed distribution with entry points in the groups of ``contract.GROUPS``. What it may lean on is
``astrolabnet_gui.api``; how one is written is told in ``docs/plugins.md``.
"""
