"""Programs that tests run and that are no Python packages."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test; where CI must run it, the absence of what it needs is a failure."""
    reason = f"needs {what}: apt-get install php-cli php-mysql mariadb-server openssl putty-tools"
    if os.environ.get("LABSPEC_REQUIRE_SYSTEM_TESTS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def system_tool(name: str) -> str:
    """The path of a program."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") or missing(name)
