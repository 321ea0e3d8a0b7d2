"""Fuzz: what schemathesis sends to a site, operation by operation, and what it has to say about the answers."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from unittest import SkipTest

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.web.live_site import Site

# "What fits the schema is accepted": a rule between two fields (code, or an action) can not be said in a schema.
LEFT_OUT = [positive_data_acceptance]
ENDLESS = "/api/events"
# An act that takes longer is answered by 202: it need not be waited for.
WAIT_S, MOST_S = 0.5, 600
# Far longer than any answer takes on a busy machine.
LATE_S = 60.0


@dataclass
class Fuzzed:
    """What was sent, how it was answered, and the first fault of each operation."""

    operations: int = 0
    cases: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    found: dict[str, str] = field(default_factory=dict)


def fuzz(
    site: Site, document: Mapping[str, Any], examples: int, without: Collection[str] = (), seeded: int | None = None
) -> Fuzzed:
    """Send so many examples of each operation of the document; half of them do not fit it.

    Args:
        without: operations that are left out, by their ids.
        seeded: another seed gives others; None = always the same.
    """
    done = Fuzzed()
    headers = {"Authorization": f"Bearer {site.keys.tokens['run']}"}
    for operation in operations(document):
        if operation.definition.raw.get("operationId") in without:
            continue
        done.operations += 1

        def sent(case: schemathesis.Case) -> None:
            body = case.body if isinstance(case.body, dict) else {"": case.body}
            if outside({name: value for name, value in body.items() if name != "on"}):
                reject()
            if case.method == "POST" and _may_wait(body.get("wait_s", MOST_S)):
                body["wait_s"] = min(body.get("wait_s", MOST_S), WAIT_S)
            done.cases += 1
            try:
                answer = case.call(base_url=site.url, headers=headers, timeout=LATE_S)
                done.answers[answer.status_code] += 1
                case.validate_response(answer, headers=headers, excluded_checks=LEFT_OUT)
            except (FailureGroup, AssertionError, requests.RequestException) as fault:
                done.found.setdefault(case.operation.label, str(fault))

        for mode, count in ((GenerationMode.POSITIVE, (examples + 1) // 2), (GenerationMode.NEGATIVE, examples // 2)):
            run = settings(
                max_examples=count, database=None, deadline=None, derandomize=seeded is None,
                phases=[Phase.generate], suppress_health_check=list(HealthCheck),
            )(given(case=operation.as_strategy(generation_mode=mode))(sent))  # fmt: skip
            # Of what takes nothing there is nothing that does not fit.
            with suppress(SkipTest, Unsatisfiable):
                (run if seeded is None else seed(seeded)(run))()
    return done


def _may_wait(wait_s: Any) -> bool:
    """A value that fits: one that does not has to be refused as it is."""
    return isinstance(wait_s, int | float) and not isinstance(wait_s, bool) and 0 <= wait_s <= MOST_S


def operations(document: Mapping[str, Any]) -> list[Any]:
    """All that end."""
    schema = schemathesis.openapi.from_dict(dict(document))
    return [found.ok() for found in schema.get_all_operations() if found.ok().path != ENDLESS]


def with_addresses(document: Mapping[str, Any], addresses: Mapping[str, list[str]]) -> dict[str, Any]:
    """The document with the addresses there are, by kind, in place of any text: acts on something are tried too."""
    known = copy.deepcopy(dict(document))
    for verbs in known["paths"].values():
        if "post" in verbs:
            fields = verbs["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
            if "on" in fields:
                kinds = fields["on"]["description"].partition(": ")[2].split(", ")
                found = [one for kind in kinds for one in addresses.get(kind, ())]
                fields["on"] |= {"enum": found} if found else {}
    return known


def outside(value: Any) -> bool:
    """A path that leads out of the working folder is among it: real acts write there."""
    return any(text.startswith(("/", "~")) or ".." in text for text in texts(value))


def texts(value: Any) -> Iterator[str]:
    """All texts in plain data."""
    match value:
        case str():
            yield value
        case dict():
            for name, one in value.items():
                yield from texts(name)
                yield from texts(one)
        case list():
            for one in value:
                yield from texts(one)
