"""Watching: who hears what happens."""

from __future__ import annotations

from typing import Annotated, ClassVar

from labspec.model.kind import Kind
from labspec.model.refusal import wrong
from labspec.model.word import Parameter, Word


def _email(text: str) -> str:
    name, at, host = text.partition("@")
    if not (name and at and "." in host) or " " in text:
        wrong(
            f"`{text}` is not an e-mail address.", "Write it as `ops@example.com`, or name a parameter of type `email`."
        )
    return str(text)


class Notification(Kind):
    """A topic and the e-mail address that follows it.

    ```yaml
    notifications:
      ops: {email: AlertEmail, when: AlertEmail}
    ```
    """

    section: ClassVar[str] = "notifications"
    suffix: ClassVar[str] = "Notification"
    short: ClassVar[str] = "email"

    email: Annotated[str | Parameter, Word(_email, "an e-mail address", ".+@.+", parameters=("email", "text"))]
    """Who gets the mail; AWS asks them to confirm first."""
