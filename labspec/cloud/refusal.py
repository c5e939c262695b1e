"""What AWS refuses. It stands apart from boto3, which is not installed everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labspec.diagnostic import Diagnostic, Rule

AWS_REFUSED = Rule(
    "LS701",
    "aws-refused",
    "AWS does not let the work go on.",
    "What was done before stays done, and is not done again: the command can be repeated.",
)
NOT_AGREED = Rule(
    "LS703",
    "not-agreed",
    "Nobody has agreed to a change, so that it was not made.",
    "A stack is changed, and destroyed, by who has seen what that would do. Where there is nobody to be asked, as in a"
    " pipeline, it takes `--yes`: without it the command fails, so that what deployed nothing is not taken for a"
    " deployment.",
)


WHOSE = "{whose}"
"""Stands in `help` behind a command that is to be typed. The command line puts the account there, as it was given."""


class Refused(Exception):
    """The work cannot go on. `message` says why, in a sentence of the user's, and `help` what to do."""

    def __init__(self, message: str, help: str = "", rule: Rule = AWS_REFUSED) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.findings: Sequence[Diagnostic] = [Diagnostic(rule, message, help=help)]
        self.texts: Mapping[str, str] = {}
        """The documents that the findings are about."""


class Failed(Refused):
    """The work was begun and failed; `findings` say why."""

    def __init__(self, message: str, findings: Sequence[Diagnostic], texts: Mapping[str, str]) -> None:
        super().__init__(message)
        self.findings, self.texts = findings, texts
