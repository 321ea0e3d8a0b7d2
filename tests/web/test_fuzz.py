"""The service as others' programs meet it: schemathesis reads its document and sends what fits it and what does not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import ValidationError
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import Problem, RunState
from astrolabnet_gui.web.openapi import document
from tests.cli.fakes import FakeLink
from tests.net.test_world import everything
from tests.web.live_site import Site, live_site

# A few of each operation here; the longer form on demand, and in the bench.
EXAMPLES = int(os.environ.get("ALN_FUZZ_EXAMPLES", "3"))
# "What fits the schema is accepted": a rule between two fields (code, or an action) can not be said in a schema.
LEFT_OUT = [positive_data_acceptance]
SCHEMA = schemathesis.openapi.from_dict(document())
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if found.ok().path != "/api/events"]


class Checking(FakeLink):
    """An engine that looks at parameters as the real one does, and does nothing."""

    def submit(self, command: str, key: Key | None, params: Mapping[str, Any]) -> str:
        def ends(run: str) -> None:
            try:
                COMMANDS[command].params.model_validate(dict(params))
            except ValidationError as exc:
                what = str(exc.errors(include_input=False)[0]["msg"])
                self.ends(run, RunState.FAILED, problem=Problem(type="BadInput", what=what, field="params"))
            else:
                self.ends(run)

        self.on_submit = ends
        return super().submit(command, key, params)


@pytest.fixture
def site() -> Iterator[Site]:
    """The real HTTP server over that engine."""
    with live_site(Checking(*everything().things)) as made:
        yield made


def test_whatever_is_sent_no_check_of_schemathesis_finds_a_fault(site: Site) -> None:
    assert len(OPERATIONS) > len(COMMANDS)
    found: dict[str, str] = {}
    headers = {"Authorization": f"Bearer {site.keys.tokens['run']}"}
    for operation in OPERATIONS:

        @settings(
            max_examples=EXAMPLES, database=None, deadline=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def sent(case: schemathesis.Case) -> None:
            try:
                case.call_and_validate(base_url=site.url, headers=headers, excluded_checks=LEFT_OUT)
            except (FailureGroup, AssertionError) as fault:
                found.setdefault(case.operation.label, str(fault))

        sent()
    assert not found, "\n".join(f"{label}\n{fault[:1500]}" for label, fault in list(found.items())[:5])
