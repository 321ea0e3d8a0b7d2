"""Corpus: texts a server, or somebody's set-up, may send to do harm where they are shown, logged, saved or pasted."""

from __future__ import annotations

CORPUS = {
    "tags": '<b>bold</b><img src="file:///etc/passwd"><a href="http://evil.example">click</a>',
    "tables": "<table>" * 18 + "x",
    "style": '<qt style="background:url(file:///etc/hosts)">x</qt>',
    "markdown": "![x](file:///etc/passwd) [y](javascript:alert(1)) # head",
    "escapes": "\x1b]52;c;aGVsbG8=\x07\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\\x1b[2J\x1b[31mred",
    "bidi": "user\u202etxt.exe\u2066hidden\u2069\u200b",
    "nul": "a\x00b\ud800c\x9b31m",
    "formula": "=cmd|' /C calc'!A0",
    "long": "x" * 2_000_000,
    "lines": "y\n" * 200_000,
    "zero width": "a\u200bb\u200c\u200d\ufeff\u2060c\u00ad",
    "carriage": "safe\rrm -rf ~\x08\x08\x7f\x03\x15\x0bevil",
    "forged": "x\n2026-11-26 12:00:00,000 ERROR root: forged\r\ny",
    "cells": "+1+1\n-2\n@SUM(A1)\n\t=1\n\r=1\n|x",
    "name": "n" * 10_000,
    "surrogates": "\ud800\udc00\udfff x \ud800",
    "shell": "'; touch pwned; $(touch pwned) `touch pwned` \\ \" ! %PATH%",
    "python": "'); __import__('os').system('touch pwned') #\n\"\"\"",
    "entities": "&lt;img src=x&gt; &amp; &#x202e;",
}
"""What each is for is its name."""
