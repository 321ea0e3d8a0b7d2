"""The service as others' programs meet it: schemathesis reads its document and sends what fits it and what does not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.model.key import Key
from astrolabnet_gui.network.link import Problem, RunState
from astrolabnet_gui.web.openapi import document
from tests.cli.fakes import FakeLink
from tests.net.test_world import everything
from tests.web.fuzz import fuzz
from tests.web.live_site import Site, live_site

# A few of each operation here; packaging/bench bench_fuzz sends 200, and some to a real engine.
EXAMPLES = int(os.environ.get("ALN_FUZZ_EXAMPLES", "3"))


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
    done = fuzz(site, document(), EXAMPLES)
    assert done.operations > len(COMMANDS)
    assert not done.found, "\n".join(f"{label}\n{fault[:1500]}" for label, fault in list(done.found.items())[:5])
