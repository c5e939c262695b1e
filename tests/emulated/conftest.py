"""One emulated account for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from labspec.cloud import deployment, events
from tests.emulated.account import emulated


@pytest.fixture(scope="package", autouse=True)
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A server whose clients boto3 and the AWS CLI make by themselves."""
    with pytest.MonkeyPatch.context() as patch, emulated(tmp_path_factory.mktemp("emulated")) as environment:
        for name, value in environment.items():
            patch.setenv(name, value)
        for module in (deployment, events):
            patch.setattr(module, "PAUSE", 0.1)
        yield
