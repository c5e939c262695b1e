"""What expressions mean, and what is nearly one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from labspec.diagnostic import Diagnostic, Path, Rule, Severity
from labspec.link.declared import Declared
from labspec.link.unknown import Unknown
from labspec.model.architecture import Member
from labspec.model.attributes import ATTRIBUTES, AWS_VALUES, OF_EXISTING, split
from labspec.model.other_words import likely
from labspec.model.parts import existing_of
from labspec.model.text import Expression, Text
from labspec.model.word import PASCAL
from labspec.nearest import did_you_mean
from labspec.wording import an, noun, sentence

EXPRESSION = Rule(
    "LS206",
    "unknown-expression",
    "An expression that means nothing.",
    "An expression is a parameter, `variables.name`, `section.member.attribute`, `member.attribute` of a nested member,"
    " or `aws.region`, `aws.account`, `aws.partition`, `aws.url_suffix`.",
    "${{ instances.web.pubic_ip }}",
    "${{ instances.web.public_ip }}",
)
HALF = Rule(
    "LS209",
    "half-an-expression",
    "Text that would be an expression, were it not for its braces.",
    "Only `${{ ... }}` is filled in. Other braces are left to shells and other tools: they stay as typed.",
    "outputs: {Page: 'http://${ server.public_ip }'}",
    "outputs: {Page: 'http://${{ server.public_ip }}'}",
    Severity.WARNING,
)
PREFIXES = {"parameters": "{}", "params": "{}", "param": "{}", "var": "variables.{}", "vars": "variables.{}"}
"""What people write before a name, and what it should be."""

Problem = tuple[str, str]
"""What is wrong, and what helps."""


@dataclass(frozen=True, slots=True)
class Expressions:
    """The meanings that expressions can have."""

    declared: Declared

    def check(self, path: Path, expression: Expression) -> Diagnostic | Unknown | None:
        """What is wrong with an expression."""
        problem = self._problem(expression.words)
        if isinstance(problem, Unknown):
            return problem._replace(path=path, chars=expression.chars)
        return problem and Diagnostic(EXPRESSION, problem[0], path, chars=expression.chars, help=problem[1])

    def half(self, path: Path, text: Text, near: Expression) -> Diagnostic | None:
        """What is nearly an expression, and would mean something. What a script gives a value is the script's own."""
        if not self._means_something(near.words):
            return None
        if any(re.search(rf"\b{near}=", part) for part in text.parts if isinstance(part, str)):
            return None
        message = f"`{near}` is not filled in here: an expression begins with `${{{{` and ends with `}}}}`."
        return Diagnostic(HALF, message, path, chars=near.chars, help=f"Write `${{{{ {near} }}}}`.")

    def _means_something(self, words: tuple[str, ...]) -> bool:
        if words[0] == "variables":
            return len(words) == 2 and words[1] in self.declared.architecture.spec.variables
        return (len(words) > 1 or self.declared.has("parameters", words[0])) and self._problem(words) is None

    # -------------------------------------------------------------- what is wrong

    def _problem(self, words: tuple[str, ...]) -> Problem | Unknown | None:
        if len(words) == 1:
            return self._single(words[0])
        if words[0] == "aws":
            known = len(words) == 2 and words[1] in AWS_VALUES
            return None if known else (f"There is no `{'.'.join(words)}`.", did_you_mean(words[-1], AWS_VALUES))
        if words[0] == "variables":
            return None  # Variables were filled in as the spec was loaded; one that is left was told of there.
        if words[0] == "resources":
            return self._looked_up(words[1], "resources")
        return self._attribute(words)

    def _looked_up(self, word: str, *sections: str) -> Unknown | None:
        known = any(self.declared.has(section, word) for section in sections)
        return None if known or self.declared.is_poisoned(word, *sections) else Unknown(EXPRESSION, word, sections, ())

    def _single(self, word: str) -> Problem | Unknown | None:
        spec = self.declared.architecture.spec
        if PASCAL.match(word) or word in spec.parameters or self.declared.is_poisoned(word, "parameters"):
            return self._looked_up(word, "parameters")
        if word in spec.variables:
            return f"`{word}` alone means nothing.", f"Write `${{{{ variables.{word} }}}}`."
        section = next((each for each in ATTRIBUTES if self.declared.has(each, word)), "instances")
        return _alone(word, section, word if self.declared.has(section, word) else "web")

    def _attribute(self, words: tuple[str, ...]) -> Problem | Unknown | None:
        if len(words) == 2 and words[0] in ATTRIBUTES and self.declared.has(*words):
            return _alone(".".join(words), *words)
        section, name, attribute = split(words)
        sections = (section,) if section else tuple(ATTRIBUTES)
        if self.declared.is_poisoned(name, *sections):
            return None
        architecture = self.declared.architecture
        found = [m for candidate in sections if (m := architecture.get(candidate, name)) is not None]
        if not found:
            return (not section and self._prefix(words)) or Unknown(EXPRESSION, name, sections, ())
        if len(found) > 1:
            choices = " or ".join(f"`{member.selector}.{attribute}`" for member in found)
            return f"`{name}` can mean several members.", f"Write {choices}."
        return _of_member(found[0], attribute)

    def _prefix(self, words: tuple[str, ...]) -> Problem | None:
        """What is wrong with an expression whose first word is no member's name, but reads like a section's."""
        first, rest = words[0], ".".join(words[1:])
        if first in PREFIXES:
            return f"There is no `{'.'.join(words)}`.", f"Write `${{{{ {PREFIXES[first].format(rest)} }}}}`."
        near = likely(first, [*(ATTRIBUTES if len(words) > 2 else ()), "variables", "resources", "aws"])
        # The first of two words may be a member's name: it is told of as a section where the two would mean something.
        if not near or (len(words) == 2 and not self._means_something((near[0], *words[1:]))):
            return None
        return f"There is no section `{first}`.", f"Did you mean `{near[0]}.{rest}`?"


def _alone(text: str, section: str, name: str) -> Problem:
    """What is wrong with a member of which nothing is asked."""
    some = " or ".join(f"`{section}.{name}.{attribute}`" for attribute in list(ATTRIBUTES[section])[:2])
    return f"`{text}` alone means nothing.", f"Say what of it is meant, such as {some}."


def _of_member(member: Member, attribute: str) -> Problem | None:
    """What is wrong with asking something of a member."""
    known = ATTRIBUTES[member.section]
    if existing_of(member.body) is not None:
        return _of_existing(member, attribute)
    if attribute in known or PASCAL.match(attribute.split(".", maxsplit=1)[0]):
        return None
    return f"{sentence(an(noun(member.section)))} has no `{attribute}`.", did_you_mean(attribute, known)


def _of_existing(member: Member, attribute: str) -> Problem | None:
    """What is wrong with asking something of a member that is there already."""
    known = OF_EXISTING[member.section]
    if attribute not in known:
        return f"`{member.name}` is there already: its `{attribute}` is not known.", did_you_mean(attribute, known)
    if attribute == "cidr" and getattr(member.body, "cidr", None) is None:
        return f"The addresses of `{member.name}` are not known.", "Say its `cidr`."
    return None
