"""Every error AstroLabNet raises on purpose, and nothing else.

    AstroLabNetError
     +-- Unreachable        no answer: refused, timed out, cut; the request may be asked again if it was a GET
     |    +-- Ambiguous     a POST whose reply is missing: it may have been carried out, never repeat it blindly
     +-- Refused            the server answered and said no (has .status)
     |    +-- LoginNeeded   401, 403 or a login page
     |    +-- NotFound      404: the thing is not (or no longer) there
     |    +-- Busy          429, 503 or "too many sessions" (has .retry_after_s)
     +-- Malformed          an answer that is not what the protocol says (has .url, .field)
     |    +-- NotLivy       the address answers, but not as a Livy server
     |    +-- TooLarge      an answer over its byte budget
     +-- Untrusted          TLS: unknown or changed certificate
     +-- NotContacted       a person of this computer has not allowed to ask this server; nothing was sent
     +-- NotApplicable      the act makes no sense for this thing in this state
     +-- BadInput           what the user typed or a file holds is wrong (has .field)
     +-- Missing            something this computer lacks: Java, an extra, a display (has .remedy)
     +-- JournalClosed      the journal can not be written: nothing may be sent
          +-- JournalDamaged its file is damaged or no journal: a person decides to begin a new one

Each carries words for a person: what happened at which server, and the remedy. Faces print ``str(error)``
(one line, server first) and may offer ``error.remedy``.
"""

from __future__ import annotations


class AstroLabNetError(Exception):
    """Something a person should read.

    Args:
        what: one sentence, plain text, without the server's name.
        server: alias of the server it is about; "" if none.
        remedy: what to do about it, one sentence; "" if unknown.

    Attributes:
        exit_code: what a program that fails by it ends with.
    """

    exit_code = 1

    def __init__(self, what: str, *, server: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.server = server
        self.remedy = remedy

    def __str__(self) -> str:
        head = f"{self.server}: " if self.server else ""
        tail = f" {self.remedy}" if self.remedy else ""
        return f"{head}{self.what}{tail}"


class Unreachable(AstroLabNetError):
    """No usable answer came; nothing was carried out, or the request was safe to repeat."""


class Ambiguous(Unreachable):
    """A POST left, its reply did not come back whole: it may or may not have been carried out."""


class Refused(AstroLabNetError):
    """The server answered with a status of 400 or more."""

    def __init__(self, what: str, *, status: int, server: str = "", remedy: str = "") -> None:
        super().__init__(what, server=server, remedy=remedy)
        self.status = status


class LoginNeeded(Refused):
    """401 or 403, or a login page in place of an answer."""


class NotFound(Refused):
    """404: there is no such thing, or not any more."""


class Busy(Refused):
    """The server can not take more now; ``retry_after_s`` is its own wish, in seconds, or None."""

    def __init__(
        self, what: str, *, status: int, retry_after_s: float | None = None, server: str = "", remedy: str = ""
    ) -> None:
        super().__init__(what, status=status, server=server, remedy=remedy)
        self.retry_after_s = retry_after_s


class Malformed(AstroLabNetError):
    """An answer that does not follow the protocol."""

    def __init__(self, what: str, *, url: str = "", field: str = "", server: str = "", remedy: str = "") -> None:
        super().__init__(what, server=server, remedy=remedy)
        self.url = url
        self.field = field


class NotLivy(Malformed):
    """Something answers at this address, but it does not speak Livy."""


class TooLarge(Malformed):
    """An answer larger than its budget; it was dropped, not kept in memory."""


class Untrusted(AstroLabNetError):
    """The server's certificate is unknown, expired, for another name, or has changed.

    Args:
        shown: sha256 of the certificate that is shown there now, 64 hexadecimal digits; "" if not known.
        changed: it is another one than the one that was trusted.
    """

    def __init__(
        self, what: str, *, server: str = "", remedy: str = "", shown: str = "", changed: bool = False
    ) -> None:
        super().__init__(what, server=server, remedy=remedy)
        self.shown = shown
        self.changed = changed


class NotContacted(AstroLabNetError):
    """The server came with a workspace: nothing is sent to it before a person of this computer trusts it."""


class NotApplicable(AstroLabNetError):
    """The act does not fit the thing in its present state."""


class BadInput(AstroLabNetError):
    """A value that can not be used; ``field`` names it."""

    exit_code = 2

    def __init__(self, what: str, *, field: str = "", server: str = "", remedy: str = "") -> None:
        super().__init__(what, server=server, remedy=remedy)
        self.field = field


class Missing(AstroLabNetError):
    """Something this computer lacks; ``remedy`` is the line that gets it."""

    exit_code = 3


class JournalClosed(AstroLabNetError):
    """The journal can not be written (full, read-only, damaged): nothing is sent until it can."""


class JournalDamaged(JournalClosed):
    """Its file is damaged or no journal; it stays as it is until a person has it moved aside."""
