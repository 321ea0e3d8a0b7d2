"""Verdict: what a failed POST means: not carried out, or nobody knows. The client has told the statuses apart."""

from __future__ import annotations

from ..errors import Ambiguous, AstroLabNetError, Malformed


def certainly_not_done(error: BaseException) -> bool:
    """True only if the server can not have carried the request out; all else, a cancelled wait too, is open."""
    return isinstance(error, AstroLabNetError) and not isinstance(error, (Ambiguous, Malformed))


def words(error: BaseException) -> str:
    """The error in one line, for the journal."""
    if isinstance(error, AstroLabNetError) or not str(error):
        return str(error) or type(error).__name__
    return f"{type(error).__name__}: {error}"
