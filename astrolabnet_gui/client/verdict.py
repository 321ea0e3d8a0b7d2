"""Verdict: what the status of an answer means, and its body as a model value."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from ..errors import AstroLabNetError, Busy, LoginNeeded, Malformed, NotFound, NotLivy, Refused
from .body import json_of
from .fetch import Answer
from .trouble import Ask, lost, malformed, quoted, shown

T = TypeVar("T")

# A 500 with these words was thrown before the code reached the driver: it did not run.
_NOT_RUN = ("Session is in state ", "Invalid kind: ", "Code type should be specified")
_LOGIN = re.compile(r"log.?in|sign.?in|auth|sso|saml|knox|oidc|cas\b", re.IGNORECASE)
_JAVA = re.compile(r"^(?:[\w.$]+(?:Exception|Error): )+")
_TAG = re.compile(r"<[^>]{0,500}>")
_TITLE = re.compile(r"<title>([^<]{1,300})", re.IGNORECASE)
_LOGIN_REMEDY = "Set a login for this server, or renew it."


def refuse(ask: Ask, answer: Answer) -> None:
    """Raise what the status says, if it is no success.

    Raises:
        LoginNeeded, NotFound, Busy, Refused: the server said no; nothing was carried out.
        Ambiguous: an unsafe request may have been carried out all the same.
        NotLivy: redirected to somewhere.
    """
    if 200 <= answer.status < 300:
        return
    raise verdict(ask, answer)


def verdict(ask: Ask, answer: Answer) -> AstroLabNetError:
    """Our error for a status outside 200–299."""
    status, text = answer.status, said(answer)
    words = quoted(text) if text else f"status {status}"
    if status < 400:
        return _elsewhere(ask, answer)
    if is_livys_own_no(answer):
        what = f"you have no right to that ({words})."
        return Refused(what, status=status, server=ask.server, remedy="Ask its owner, or log in as another user.")
    if status in (401, 403):
        what = "it does not know this login" if status == 401 else "this login may not do that"
        return LoginNeeded(f"{what} ({words}).", status=status, server=ask.server, remedy=_LOGIN_REMEDY)
    if status == 404:
        return NotFound(f"{words} (404).", status=404, server=ask.server)
    if status in (429, 503) and not ask.unsafe:
        return _busy(ask, answer, words)
    if status in (400, 500) and "too many sessions" in text.lower():
        return _busy(ask, answer, words)
    if ask.unsafe and (status >= 500 or status in (408, 429)) and not any(mark in text for mark in _NOT_RUN):
        return lost(ask, f"it answered {status} with {words}")
    return Refused(f"it refused: {words} ({status}).", status=status, server=ask.server, remedy=_remedy(text))


def said(answer: Answer) -> str:
    """What an error body says: {"msg"}, a JSON string, {}, nothing, or a page (HTML or JSON) of the web server."""
    if answer.content_type.startswith("text/html"):
        page = answer.body[:4096].decode("utf-8", "replace")
        title = _TITLE.search(page)
        return " ".join(title[1].split()) if title else " ".join(_TAG.sub(" ", page).split())[:300]
    try:
        value = json_of(answer.body)
    except ValueError:
        return answer.body[:2048].decode("utf-8", "replace").strip()
    if isinstance(value, dict):
        for name in ("msg", "message", "error_description", "error", "detail"):
            if isinstance(value.get(name), str) and value[name]:
                value = value[name]
                break
    return _JAVA.sub("", value).partition("\n")[0].strip() if isinstance(value, str) else ""


def is_livys_own_no(answer: Answer) -> bool:
    """Whether a 403 is Livy's word on one thing (no right to see it), not on the login as a whole."""
    if answer.status != 403 or not answer.content_type.endswith("json"):
        return False
    try:
        value = json_of(answer.body)
    except ValueError:
        return False
    return value == {} or (isinstance(value, dict) and set(value) == {"msg"})


def value_of(ask: Ask, answer: Answer) -> Any:
    """JSON value of a good answer.

    Raises:
        LoginNeeded, NotLivy: a page came instead.
        Malformed, Ambiguous: the body is no JSON.
    """
    kind = answer.content_type
    if "html" in kind:
        raise _page(ask, answer)
    if kind and "json" not in kind:
        raise malformed(ask, f"it answers with {quoted(kind, 60)} where JSON is due", kind=NotLivy)
    try:
        return json_of(answer.body)
    except ValueError as exc:
        reason = "nothing" if not answer.body else f"no readable JSON: {str(exc)[:120]}"
        raise malformed(ask, f"it answered with {reason}") from exc


def model_of(ask: Ask, answer: Answer, model: type[T]) -> T:
    """Body of a good answer as a value of ``model``.

    Raises:
        Malformed, NotLivy, LoginNeeded, Ambiguous: see ``value_of``; ``field`` names what does not fit.
    """
    value = value_of(ask, answer)
    try:
        if isinstance(model, type) and issubclass(model, BaseModel):
            return model.model_validate(value)
        return TypeAdapter(model).validate_python(value)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the answer"
        kind = Malformed if first["loc"] and first["type"] != "missing" else NotLivy
        raise malformed(ask, f"{where} is not as {ask.speaks} says it: {first['msg']}", kind=kind, where=where) from exc


def nothing_of(ask: Ask, answer: Answer) -> None:
    """A good answer whose body does not matter, if it is not a page in disguise."""
    if "html" in answer.content_type:
        raise _page(ask, answer)


def retry_after_s(answer: Answer) -> float | None:
    """The server's own wish for a pause: 0 to 3600 s; None if it has none."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isdigit():
        return float(min(int(text[:6]), 3600))
    try:
        return min(max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0), 3600.0)
    except (ValueError, OverflowError):
        return None


def _busy(ask: Ask, answer: Answer, words: str) -> Busy:
    wait = retry_after_s(answer)
    remedy = f"It asks for {wait:g} s of patience." if wait else "Try again later."
    what = f"it can not take more now: {words}."
    return Busy(what, status=answer.status, retry_after_s=wait, server=ask.server, remedy=remedy)


def _elsewhere(ask: Ask, answer: Answer) -> AstroLabNetError:
    """3xx: redirects are never followed, for a login must not travel to a place nobody chose."""
    target = shown(str(answer.headers.get("location", "")))
    if ask.unsafe:
        return lost(ask, f"it redirects to {quoted(target, 120)}")
    if _LOGIN.search(target):
        words = f"it sends us to a login page, {quoted(target, 120)}."
        return LoginNeeded(words, status=answer.status, server=ask.server, remedy=_LOGIN_REMEDY)
    return malformed(ask, f"it redirects to {quoted(target, 120)}", kind=NotLivy)


def _page(ask: Ask, answer: Answer) -> AstroLabNetError:
    text = answer.body[:65536].decode("utf-8", "replace").lower()
    if not ask.unsafe and "<form" in text and ("password" in text or _LOGIN.search(text)):
        words = f"a login page answers at {shown(ask.url)}."
        return LoginNeeded(words, status=answer.status, server=ask.server, remedy=_LOGIN_REMEDY)
    return malformed(ask, f"a web page answers where {ask.speaks} should", kind=NotLivy)


def _remedy(text: str) -> str:
    if "Session is in state " in text:
        return "Wait until the session is idle, or take another one."
    if "isn't active" in text or "RPC channel is closed" in text:
        return "The session has ended or lost its driver: close it and open a new one."
    if "Duplicate session name" in text:
        return "Choose another name, or wait until the old one is forgotten."
    if "cannot be added to user sessions" in text:
        return "That file must lie where the server's whitelist allows it."
    return ""
