from collections.abc import Iterator

import pytest

from labspec.lambdas.inline import inline, source_of
from tests.lambdas.account import Account, account_with, listening


@pytest.fixture(params=["source", "inlined"])
def account(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account whose function is the module as written, and then the text that templates carry."""
    source = source_of("image_maker")
    with listening() as answers:
        yield account_with(inline(source) if request.param == "inlined" else source, answers, monkeypatch)
