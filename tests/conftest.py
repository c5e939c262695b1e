from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expected files of the golden tests")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    wanted = bool(request.config.getoption("--update"))
    if wanted and os.environ.get("CI"):
        pytest.fail("Expected files are never rewritten in CI: run `make golden`, review the change, commit it.")
    return wanted


@pytest.fixture(autouse=True)
def no_account_of_others(request: pytest.FixtureRequest) -> Iterator[None]:
    """The account of `tests/emulated` is there for a whole worker, and is nobody else's.

    It patches by itself: whoever asks for `monkeypatch` first has it undone last, after everything else of the test.
    """
    with pytest.MonkeyPatch.context() as patch:
        if "emulated" not in request.path.parts:
            patch.delenv("AWS_ENDPOINT_URL", raising=False)
        yield
