"""Answers of AWS that a test writes down."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.client import BaseClient

from tests.cloud.recorded import Answers


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """Every client gets these answers, and there is nobody else to ask."""
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    for name in ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    answers = Answers()
    answers.told["GetCallerIdentity"] = {"Account": "111122223333"}  # which nobody needs a permission to ask

    def call(client: Any, operation: str, request: dict[str, Any]) -> Any:
        return answers.call(client, operation, request)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return answers
