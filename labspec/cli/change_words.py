"""Values, conditions and types of a difference as people read them; nothing secret is among them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from labspec.wording import plural, series

HIDDEN = "(hidden)"
LONGEST = 60
"""Of a value that is longer, the ends are shown."""
SECRET = re.compile(
    r"(password|passphrase|secretstring|secretkey|secret_?access_?key|privatekey|authtoken|apikey)$", re.IGNORECASE
)
"""How properties are called whose text is a secret."""
MAY_BE_SECRET = re.compile(
    r"-----begin|private-lines|age-secret|a[ks]ia|gh[a-z]_|github_pat|gl[a-z]{2,5}-|xox|xapp-|hooks\.slack|k_live_|sg\."
    r"|npm_|pypi-|dckr_|_v1_|hvs\.|gocspx|mysql|mariadb|sshpass|://|identified|passwd|--stdin"
    r"|(?:pass\w{0,6}|pwd|key|token|secret|string)\W",
    re.IGNORECASE,
)
"""A mark of each form that `check.secret_forms` knows; most texts have none."""
CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+")
KEPT = ("VPC", "NAT", "DB", "EIP", "ACL", "IAM")


class Words(NamedTuple):
    """How values are said. `secrets` are texts that no report may show; `masked` leaves out what looks like one."""

    secrets: Collection[str]
    masked: Callable[[str], str]

    def value(self, value: Any, path: Sequence[Any] = ()) -> str:
        """A canonical value on one line."""
        said = self.safe(_said(self.whole(value, path)))
        line = " ".join(said.split()) if "\n" in said else said
        half = LONGEST // 2
        return line if len(line) <= LONGEST else f"{line[:half]}...{line[-half + 3 :]}"

    def whole(self, value: Any, path: Sequence[Any] = ()) -> Any:
        """A canonical value for machines, with what is secret left out."""
        if self.is_hidden(value, path):
            return HIDDEN
        if isinstance(value, str):
            return self.safe(value)
        if isinstance(value, Mapping):
            return {name: self.whole(inner, (*path, name)) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.whole(inner, (*path, index)) for index, inner in enumerate(value)]
        return value

    def is_hidden(self, value: Any, path: Sequence[Any]) -> bool:
        """Whether a value is the text of a secret: a reference to one is not."""
        names = [step for step in path if isinstance(step, str)]
        return isinstance(value, str) and bool(names and SECRET.search(names[-1])) and "{{resolve:" not in value

    def safe(self, text: str) -> str:
        """A text without any secret."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return self.masked(text)

    def lines(self, before: Any, after: Any) -> str:
        """How many lines of a long text are other ones: `12 lines to 14: 1 removed, 3 added`; empty for short ones."""
        texts = [_said(value) for value in (before, after)]
        if not all(isinstance(value, (str, Mapping)) for value in (before, after)) or max(map(len, texts)) <= LONGEST:
            return ""
        one, other = (text.split("\n") for text in texts)
        if len(one) + len(other) < 4:
            return ""
        blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
        kept = sum(block.size for block in blocks)
        return f"a text of {plural(len(other), 'line')}: {len(one) - kept} removed, {len(other) - kept} added"


def _said(value: Any) -> str:
    match value:
        case None:
            return "null"
        case str():
            return value or '""'
        case {"Ref": str(address), **rest} if not rest:
            return _id(address)
        case {"Fn::GetAtt": [str(address), attribute], **rest} if not rest:
            return f"{_id(address)}.{attribute}"
        case {"Labspec::Text": list(parts), **rest} if not rest:
            return "".join(part if isinstance(part, str) else "${" + _said(part) + "}" for part in parts)
        case {"Fn::Base64": inner, **rest} if not rest:
            return _said(inner)
        case {"Fn::If": [condition, then, otherwise], **rest} if not rest:
            return f"{_said(then)} if {condition_said(condition)}, else {_said(otherwise)}"
    return json.dumps(value, default=str, ensure_ascii=False) if isinstance(value, (Mapping, list)) else str(value)


def _id(address: str) -> str:
    return address.rpartition(".")[2]


def condition_said(condition: Any) -> str:
    """A condition of the root as people say it: `PublishWebsite is true`."""
    match condition:
        case {"Fn::Equals": [left, right]}:
            return f"{_said(left)} is {_said(right)}"
        case {"Fn::Not": [{"Fn::Equals": [left, right]}]}:
            return f"{_said(left)} is not {_said(right)}"
        case {"Fn::Not": [part]}:
            return f"not ({condition_said(part)})"
        case {"Fn::And": list(parts)}:
            return series([condition_said(part) for part in parts], "and")
        case {"Fn::Or": list(parts)}:
            return series([condition_said(part) for part in parts], "or")
        case {"Condition": str(name)}:
            return name
    return str(condition)


def noun(kind: str) -> str:
    """What one of a type is called: `security group`, `DB subnet group`."""
    words = CAMEL.findall(kind.rpartition("::")[2])
    return " ".join(word.upper() if word.upper() in KEPT else word.lower() for word in words)


def counted(number: int, kind: str) -> str:
    """So many of a type: `6 subnets`."""
    one = noun(kind)
    if number == 1:
        return f"1 {one}"
    return (
        f"{number} {one}es"
        if one.endswith("s")
        else f"{number} {one[:-1]}ies"
        if one.endswith("cy")
        else f"{number} {one}s"
    )
