"""What secrets look like in a text: by the form that their issuers give them, or by what they are given to.

Precision comes first: a form that other things have as well is left out. Patterns are tried only where their mark
stands, and every repetition is bounded, so that a long text costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from labspec.check.secret_values import is_key, is_literal, is_password, names_password

SHORTEST = 10
"""No text with a secret in it has fewer characters."""
PASSWORD = "A password"
KEY = "A secret"
AWS_KEY = "The secret of an AWS access key"


class Secret(NamedTuple):
    """A secret in a text: what it is, as a sentence begins, and its characters."""

    what: str
    chars: tuple[int, int]


# `\n` as two characters is how JSON holds a key; lines of a head stand before the body of one that is encrypted.
PEM = (
    r"(-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----)(?:\\[rn]|\s){1,8}"
    r"(?:[A-Za-z-]{1,30}: [^\n]{0,200}\n\s{0,200}){0,4}[A-Za-z0-9+/]{40}"
)
SECRET_OF_AWS = r"((?![0-9a-f]{40})[A-Za-z0-9/+]{40})(?![\w/+=])"
FORMS = (
    ("A private key", "-----BEGIN ", PEM),
    ("A private key", "Private-Lines", r"(Private-Lines: [0-9]{1,4})\s{1,8}[A-Za-z0-9+/]{40}"),
    ("A private key", "AGE-SECRET", r"\b(AGE-SECRET-KEY-1[A-Z0-9]{58})\b"),
    (AWS_KEY, "AKIA", r"\bAKIA[A-Z2-7]{16}\b[\s\S]{1,200}?(?<![\w/+])" + SECRET_OF_AWS),
    (AWS_KEY, "ASIA", r"\bASIA[A-Z2-7]{16}\b[\s\S]{1,200}?(?<![\w/+])" + SECRET_OF_AWS),
    (AWS_KEY, "ecret", r"(?i:secret_?access_?key)\W{1,12}" + SECRET_OF_AWS),
    (AWS_KEY, "SECRET", r"SECRET_ACCESS_KEY\W{1,12}" + SECRET_OF_AWS),
    ("A token of GitHub", "gh", r"\b(gh[pousr]_[A-Za-z0-9]{36,255})\b"),
    ("A token of GitHub", "github_pat_", r"\b(github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b"),
    ("A token of GitLab", "gl", r"\b(gl(?:pat|dt|rt|ptt|soat|agent|cbt)-[A-Za-z0-9_-]{20,300})"),
    ("A token of Slack", "xox", r"\b(xox[abeoprs]-(?:[0-9]{1,20}-){1,3}[0-9A-Za-z]{10,200})\b"),
    ("A token of Slack", "xapp-", r"\b(xapp-[0-9]-[A-Z0-9]{5,30}-[0-9]{5,30}-[a-f0-9]{20,200})\b"),
    ("A webhook of Slack", "hooks.slack", r"hooks\.slack\.com/\w{5,20}/(T\w{5,20}/[A-Z]\w{5,20}/[A-Za-z0-9]{16,60})\b"),
    ("A live key of Stripe", "k_live_", r"\b([sr]k_live_[A-Za-z0-9]{16,250})\b"),
    ("A key of SendGrid", "SG.", r"\b(SG\.[\w-]{22}\.[\w-]{43})\b"),
    ("A token of npm", "npm_", r"\b(npm_[A-Za-z0-9]{36})\b"),
    ("A token of PyPI", "pypi-", r"\b(pypi-AgE[\w-]{50,250})"),
    ("A token of Docker Hub", "dckr_", r"\b(dckr_[po]at_[\w-]{27,60})"),
    ("A token of DigitalOcean", "_v1_", r"\b(do[opr]_v1_[a-f0-9]{64})\b"),
    ("A token of Vault", "hvs.", r"\b(hvs\.[\w-]{90,200})"),
    ("A client secret of Google", "GOCSPX-", r"\b(GOCSPX-[\w-]{28})\b"),
)
"""What is found, its mark, its pattern; the first group is the secret, or what of it is shown."""

QUOTED = r"(?:(?P<quote>['\"])(?P<value>(?:(?!(?P=quote))[^\\\n]){1,200})(?P=quote))"
BARE = r"(?P<bare>[^\s'\"`;&|<>(),]{1,200})"
WORD = r"(?P<word>[^\s'\"#;,(){}\[\]<>|]{1,200})[ \t]{0,4}\r?(?:\n|\Z)"
ECHO = r"\becho\s{1,4}(?:-n\s{1,4})?['\"]?"
PIPED = r"(?P<bare>[^\s'\"|]{1,128})['\"]?\s{0,4}\|\s{0,4}(?:sudo\s{1,4})?"
TOLD = (
    ("mysql", r"\bmysql(?:dump|admin|check|import)?\b[^\n|;&]{0,200}?\s-p(?:" + QUOTED + "|" + BARE + ")"),
    ("mariadb", r"\bmariadb(?:-dump|-admin|-check|-import)?\b[^\n|;&]{0,200}?\s-p(?:" + QUOTED + "|" + BARE + ")"),
    ("sshpass", r"\bsshpass\s{1,4}-p\s{0,4}(?:" + QUOTED + "|" + BARE + ")"),
    ("://", r"://[^\s/:@'\"<>$]{1,64}:(?P<bare>[^\s/:@'\"<>]{3,128})@(?!example\.)"),
    ("IDENTIFIED", r"\bIDENTIFIED(?:\s{1,4}WITH\s{1,4}\S{1,60})?\s{1,4}BY\s{1,4}" + QUOTED),
    ("identified by", r"\b(?:user|to)\b[^;]{1,120}?\bidentified by\s{1,4}" + QUOTED),
    ("chpasswd", ECHO + r"[\w.-]{1,40}:" + PIPED + r"chpasswd\b"),
    ("--stdin", ECHO + PIPED + r"passwd\s{1,4}--stdin\b"),
)
"""A mark, and a notation in which nothing but a password is given."""

ENDS = ("password", "passwd", "passphrase", "pass", "pwd", "key", "token", "secret", "string")
"""How names end that may be of secrets, in lower case."""
NAMING = re.compile(r"[\w.-]")
DEFINED = re.compile(r"['\"]\s{0,4},\s{0,4}" + QUOTED)
ASSIGNED = re.compile(r"['\"]?\]?[ \t]{0,4}(?::=|=>|=|:)[ \t]{0,4}" + QUOTED)
SET = re.compile("=(?:" + QUOTED + "|" + BARE + ")")
OPTION = re.compile(r"(?:=|[ \t]{1,4})(?:" + QUOTED + "|(?!-)" + BARE + ")")
ALONE = re.compile(r"[ \t]{0,4}[=:][ \t]{0,4}" + WORD)


def secrets_in(text: str, name: str = "") -> list[Secret]:
    """The secrets in a text, in their order; `name` is what the whole of it is given to."""
    if is_password(name, text) or is_key(name, text):
        return [Secret(PASSWORD if names_password(name) else KEY, (0, len(text)))]
    found: list[Secret] = []
    for secret in (*_formed(text), *_told(text), *_named(text)) if len(text) >= SHORTEST else ():
        if not any(_meet(secret.chars, other.chars) for other in found):
            found.append(secret)
    return sorted(found, key=lambda secret: secret.chars)


def _formed(text: str) -> Iterator[Secret]:
    for what, mark, pattern in FORMS:
        for match in re.finditer(pattern, text) if mark in text else ():
            if not re.search(r"(?i)example|x{6}|0{8}", match[1]):
                yield Secret(what, match.span(1))


def _told(text: str) -> Iterator[Secret]:
    for mark, pattern in TOLD:
        for match in re.finditer(pattern, text) if mark in text else ():
            if is_literal(match[_group(match)]):
                yield Secret(PASSWORD, match.span(_group(match)))


def _named(text: str) -> Iterator[Secret]:
    """What is given to something that is called a password, a key or a token."""
    for name, end in _names(text):
        given, surely = _given(text, name, end)
        if given is None:
            continue
        chars, value = given.span(_group(given)), given[_group(given)]
        if names_password(name) and (is_literal(value) if surely else is_password(name, value)):
            yield Secret(PASSWORD, chars)
        elif is_key(name, value):
            yield Secret(KEY, chars)


def _names(text: str) -> Iterator[tuple[str, int]]:
    """Names that may be of secrets, and where each ends."""
    lower = text.replace("\u0130", "I").lower()  # the one letter that is two in lower case
    for ending in ENDS:
        end = 0
        while (end := lower.find(ending, end) + len(ending)) >= len(ending):
            if not NAMING.match(text, end):
                yield text[_begin(text, end) : end], end


def _begin(text: str, end: int) -> int:
    """Where a name begins; of one that never does, not more is looked at than names have."""
    begin = end
    while begin > max(0, end - 80) and NAMING.match(text[begin - 1]):
        begin -= 1
    return begin


def _given(text: str, name: str, end: int) -> tuple[re.Match[str] | None, bool]:
    """What is given to a name that ends here, and whether its notation leaves no doubt that it is given."""
    before = text[max(0, end - len(name) - 12) : end - len(name)]
    if re.search(r"\bdefine\(\s{0,4}['\"]\Z", before):
        return DEFINED.match(text, end), True
    if name.startswith("--"):
        # `--password` without more asks for one, and what follows is something else.
        form = SET if name == "--password" or name.startswith("--no-") else OPTION
        return form.match(text, end), True
    if name.isupper() and (given := SET.match(text, end)):
        return given, True
    if given := ASSIGNED.match(text, end):
        return given, False
    alone = not text[text.rfind("\n", 0, end) + 1 : end - len(name)].strip()
    return (ALONE.match(text, end) if alone else None), False


def _group(match: re.Match[str]) -> str:
    return next(group for group, value in match.groupdict().items() if value is not None and group != "quote")


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
