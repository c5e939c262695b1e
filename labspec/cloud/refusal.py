"""What AWS refuses. It stands apart from boto3, which is not installed everywhere."""

from __future__ import annotations

from labspec.diagnostic import Diagnostic, Rule

AWS_REFUSED = Rule(
    "LS701",
    "aws-refused",
    "AWS does not let the work go on.",
    "What was done before stays done, and is not done again: the command can be repeated.",
)


class Refused(Exception):
    """The work cannot go on. `message` says why, in a sentence of the user's, and `help` what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def refusal(refused: Refused) -> Diagnostic:
    """What is told of it."""
    return Diagnostic(AWS_REFUSED, refused.message, help=refused.help)
