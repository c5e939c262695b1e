"""Whether a value is a secret itself: neither where one comes from, nor a word in its place, nor a label."""

from __future__ import annotations

import re

PASSWORD_NAMES = "password|passwd|passphrase|[_.-]pass|[_.-]pwd"
KEY_NAMES = (
    "(?:secret|api|access|encryption)[_.-]?key|(?:access|auth|api|bot|private)[_.-]?token"
    "|(?:client|app|webhook|jwt|session)[_.-]?secret|secret[_.-]?string"
)
"""How names end of what holds a secret."""
REFERENCE = re.compile(
    r"[$`<{\[(%~/]|\./|__|@@|[a-z]{2,10}:|.*(?:\$[{(]|\{\{|<%|getenv|environ|process\.env)|(?i:.*example)", re.DOTALL
)
"""How a value begins, or what it holds, that only says where a secret comes from, or that is an example."""
MEMBER = re.compile(r"[A-Za-z_]\w*(?:(?:\.|->|::)[A-Za-z_]\w*)+\Z")
"""A member of something, as programs and tables of words name it."""
STAND_IN = re.compile(
    r"(?i)(?:your|my|the|some|change|replace|enter|insert)[\W_].*|[a-z_\W]*pass[a-z_\W]*|(.)\1*|[\W_]+"
    r"|admin|change_?me|change_?it|default|disabled|dummy|empty|enabled|false|foobar|generated|hidden|none|null|off"
    r"|placeholder|prompt|redacted|removed|required|secret|string|tbd|test|todo|true|undefined|unset|user|value|yes"
)
"""A word in the place of a password."""
SHORTEST = 3


def names_password(name: str) -> bool:
    """Whether something is called a password."""
    return re.search(rf"(?i:{PASSWORD_NAMES})\Z", name) is not None


def is_literal(value: str) -> bool:
    """Whether what is surely given as a password is one."""
    if len(value) < SHORTEST or REFERENCE.match(value) or MEMBER.match(value):
        return False
    return not STAND_IN.fullmatch(value.strip("\"'.,;"))


def is_password(name: str, value: str) -> bool:
    """Whether something is called a password and looks like one: a single word, and none of a language."""
    if not names_password(name) or not value.isascii() or re.search(r"\s", value):
        return False
    made_up = re.search(r"[a-zA-Z!@#$%^&*+=?]", value) and re.search(r"[0-9!@#$%^&*+=?]", value)
    return bool(made_up or re.fullmatch(r"[0-9]{6,}", value)) and is_literal(value)


def is_key(name: str, value: str) -> bool:
    """Whether something is called a key or a token and looks like one: long, of letters and of several digits."""
    if not re.search(rf"(?i:{KEY_NAMES})\Z", name) or not re.fullmatch(r"[\w+=.~/-]{20,}", value):
        return False
    return len(re.findall("[0-9]", value)) > 2 and bool(re.search("[A-Za-z]", value)) and is_literal(value)
