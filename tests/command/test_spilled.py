"""A secret in settings or code is warned of, by its name; innocent words are not."""

from __future__ import annotations

import pytest

from astrolabnet_gui.command.registry import COMMANDS
from astrolabnet_gui.command.spilled import warning

from .rig import Rig

CANARY = "hunter2-canary"


@pytest.mark.parametrize(
    "code",
    [f'password = "{CANARY}"', f"AWS_SECRET='{CANARY}'", f'{{"api_key": "{CANARY}"}}', "AKIAABCDEFGHIJKLMNOP",
     "k = '''-----BEGIN RSA PRIVATE KEY-----'''", f'spark.conf.set("x"); db_token: "{CANARY}"'],
)  # fmt: skip
def test_code_that_carries_one(code: str) -> None:
    said = warning(COMMANDS["session.send"].params(code=code))
    assert "the code seems to hold a secret" in said
    assert CANARY not in said


@pytest.mark.parametrize(
    "code", ["spark.range(10).count()", "tokens = text.split()", "password = getpass()", "n_tokens = 3", 'key = "id"']
)
def test_code_that_does_not(code: str) -> None:
    assert warning(COMMANDS["session.send"].params(code=code)) == ""


async def test_a_session_whose_settings_carry_one_is_opened_with_a_warning_that_names_it() -> None:
    async with Rig() as rig:
        done = await rig.well("session.new", kind="pyspark", conf={"spark.hadoop.fs.s3a.secret.key": CANARY})
        assert "spark.hadoop.fs.s3a.secret.key seems to hold a secret" in done.text
        assert CANARY not in done.text
        plain = await rig.well("session.new", kind="pyspark", conf={"spark.sql.shuffle.partitions": "4"})
        assert "Careful" not in plain.text
