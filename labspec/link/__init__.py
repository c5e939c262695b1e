"""References by name become references to members.

Zoned forms are spelled out first (one subnet per zone, routes that follow from `access`), so that every later room sees
subnets, gateways and route tables only in their long form. Then every name, parameter and expression is looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from labspec.diagnostic import Diagnostic, Fix, Label, Path, Rule
from labspec.link.parameters import misfit, shown
from labspec.model.architecture import Architecture, Contents, Member
from labspec.model.attributes import ATTRIBUTES, AWS_VALUES, OF_EXISTING, split
from labspec.model.expand import expand
from labspec.model.kind import Kind
from labspec.model.load import Loaded
from labspec.model.parts import existing_of
from labspec.model.spec import Spec
from labspec.model.text import Expression, Text
from labspec.model.word import PASCAL, Name, Parameter
from labspec.nearest import did_you_mean, nearest

UNKNOWN_NAME = Rule(
    "LS201",
    "unknown-name",
    "A name that no member has.",
    "References are by name. A name that nothing has cannot be built.",
    "instances:\n  web: {subnet: pubic-1}",
    "instances:\n  web: {subnet: public-1}",
)
WRONG_KIND = Rule(
    "LS202",
    "wrong-kind",
    "A name of another kind than the field takes.",
    "Each field names members of certain sections.",
    "instances:\n  web: {subnet: web-sg}",
    "instances:\n  web: {subnet: public-1, security_groups: [web-sg]}",
)
AMBIGUOUS = Rule(
    "LS203",
    "ambiguous-name",
    "A bare name that several members have.",
    "Names are unique within a section only. Where a field takes several kinds, `section.name` says which is meant;"
    " where it takes one member, a zoned subnet's bare name means too many.",
    "from: web       # a load balancer and a group",
    "from: load_balancers.web",
)
DECLARED_TWICE = Rule(
    "LS204",
    "nested-name-twice",
    "Two members inside different owners share a name.",
    "Members inside a VPC or a database are referred to by their bare names, so these are unique over all owners.",
    "vpcs:\n  a: {subnets: {app: ...}}\n  b: {subnets: {app: ...}}",
    "vpcs:\n  a: {subnets: {a-app: ...}}\n  b: {subnets: {b-app: ...}}",
)
UNKNOWN_PARAMETER = Rule(
    "LS205",
    "unknown-parameter",
    "A PascalCase word that is no parameter.",
    "No value of the language is PascalCase, so such a word in a typed field is always a parameter.",
    "from: AdminCird",
    "parameters: {AdminCidr: {type: cidr}}\n# ...\nfrom: AdminCidr",
)
EXPRESSION = Rule(
    "LS206",
    "unknown-expression",
    "An expression that means nothing.",
    "An expression is a parameter, `variables.name`, `section.member.attribute`, `member.attribute` of a nested member,"
    " or `aws.region`, `aws.account`, `aws.partition`, `aws.url_suffix`.",
    "${{ instances.web.pubic_ip }}",
    "${{ instances.web.public_ip }}",
)


def link(loaded: Loaded, contents: Contents) -> tuple[Architecture, list[Diagnostic]]:
    """The architecture of a spec, and every reference in it that does not hold.

    Nothing is said of names that are poisoned (the name `*` stands for any), nor of the form of members that are torn:
    they lost something that stood inside them.
    """
    members, families, found = _members(loaded.spec, loaded.torn)
    architecture = Architecture(
        loaded.spec,
        members,
        families,
        contents.files,
        contents.folders,
        contents.pages,
        contents.texts,
        frozenset(loaded.variables.used),
    )
    linker = _Linker(architecture, loaded.poisoned)
    for path, leaf in (*architecture.leaves, *architecture.with_texts(loaded.remains)):
        found.extend(linker.check(path, leaf))
    return architecture, found


# ------------------------------------------------------------------ members


def _members(
    spec: Spec, torn: frozenset[Path]
) -> tuple[dict[tuple[str, str], Member], dict[tuple[str, str], tuple[str, ...]], list[Diagnostic]]:
    members: dict[tuple[str, str], Member] = {}
    families: dict[tuple[str, str], tuple[str, ...]] = {}
    found: list[Diagnostic] = []
    for section, name, body in _sections(spec):
        owner = Member(section, name, body, (section, name))
        expansion = expand(owner)
        found += expansion.diagnostics if owner.path not in torn else []
        families.update(expansion.families)
        for member in (owner, *expansion.members):
            told = any(other.rule is DECLARED_TWICE and other.path == member.path for other in found)
            found += [] if told else _declare(member, members)  # A subnet's route table is told of with the subnet.
    return members, families, found


def _sections(spec: Spec) -> Iterator[tuple[str, str, Kind]]:
    for section in type(spec).model_fields:
        value = getattr(spec, section)
        if isinstance(value, dict):
            for name, body in value.items():
                if isinstance(body, Kind):
                    yield section, name, body


def _declare(member: Member, members: dict[tuple[str, str], Member]) -> Iterator[Diagnostic]:
    key = (member.section, member.name)
    if (other := members.get(key)) is not None:
        message = f"`{member.name}` is declared twice among the {member.section.replace('_', ' ')}."
        label = Label("It is declared here, too.", other.path, "key")
        yield Diagnostic(
            DECLARED_TWICE, message, member.path, "key", related=(label,), help="Give one of them another name."
        )
        return
    members[key] = member


# ------------------------------------------------------------------ references


class _Linker:
    def __init__(self, architecture: Architecture, poisoned: frozenset[tuple[str, str]]) -> None:
        self.architecture = architecture
        self.poisoned = poisoned

    def check(self, path: Path, leaf: Any) -> Iterator[Diagnostic]:
        """What is wrong with a name, a parameter or the expressions of a text."""
        if isinstance(leaf, Name):
            yield from self._name(path, leaf)
        elif isinstance(leaf, Parameter):
            yield from self._parameter(path, leaf)
        elif isinstance(leaf, Text):
            for expression in leaf.expressions:
                yield from self._expression(path, expression)
                yield from () if leaf.raw else shown(self.architecture.spec.parameters, path, expression)

    def _name(self, path: Path, name: Name) -> Iterator[Diagnostic]:
        meant = self.architecture.meant(name)
        section, _, bare = name.text.rpartition(".")
        sections = (section,) if section else name.sections
        if self._is_poisoned(bare, *sections) or len({m.section for m in meant}) == 1 == len(meant):
            return
        if not meant:
            yield self._unknown(path, name, bare, sections)
        elif len({member.section for member in meant}) > 1:
            choices = " or ".join(f"`{member.selector}`" for member in meant)
            labels = tuple(Label(f"`{m.selector}` is declared here.", m.path, "key") for m in meant)
            yield Diagnostic(
                AMBIGUOUS, f"`{bare}` can mean several members.", path, related=labels, help=f"Write {choices}."
            )
        elif not isinstance(path[-1], int):
            choices = " or ".join(f"`{member.name}`" for member in meant)
            yield Diagnostic(
                AMBIGUOUS,
                f"`{bare}` means one {_noun(meant[0].section)} per zone; one is needed.",
                path,
                help=f"Write {choices}.",
            )

    def _is_poisoned(self, name: str, *sections: str) -> bool:
        """Whether a name may be one of a member that is wrong, of which all is said."""
        return any((section, each) in self.poisoned for section in sections for each in (name, "*"))

    def _unknown(self, path: Path, name: Name, bare: str, sections: Iterable[str]) -> Diagnostic:
        others = [m for (kind, its), m in self.architecture.members.items() if its == bare and kind not in sections]
        wanted = " or ".join(dict.fromkeys(_noun(section) for section in sections))
        if others:
            other = others[0]
            label = Label("It is declared here.", other.path, "key")
            message = f"`{bare}` is {_article(_noun(other.section))}; this field names {_article(wanted)}."
            choices = self._names(sections)
            return Diagnostic(WRONG_KIND, message, path, related=(label,), help=did_you_mean(bare, choices))
        choices = self._names(sections)
        near = nearest(bare, choices)
        # Never a safe one: the name may be that of a member that is yet to be written.
        fix = Fix(f"Write `{near}`.", f"{name.text.removesuffix(bare)}{near}", name.text) if near else None
        return Diagnostic(
            UNKNOWN_NAME, f"There is no {wanted} `{bare}`.", path, help=did_you_mean(bare, choices), fix=fix
        )

    def _names(self, sections: Iterable[str]) -> list[str]:
        wanted = set(sections)
        names = [name for kind, name in self.architecture.members if kind in wanted]
        return names + [name for kind, name in self.architecture.families if kind in wanted]

    def _parameter(self, path: Path, parameter: Parameter) -> Iterator[Diagnostic]:
        declared = self.architecture.spec.parameters
        if parameter.name in declared:
            yield from misfit(declared, path, parameter)
            return
        if self._is_poisoned(parameter.name, "parameters"):
            return
        near = nearest(parameter.name, declared)
        fix = Fix(f"Write `{near}`.", near, parameter.name) if near else None
        help_ = did_you_mean(parameter.name, declared) or "Declare it under `parameters`."
        yield Diagnostic(UNKNOWN_PARAMETER, f"There is no parameter `{parameter.name}`.", path, help=help_, fix=fix)

    def _expression(self, path: Path, expression: Expression) -> Iterator[Diagnostic]:
        words = expression.words
        problem: tuple[str, str] | None = None
        if len(words) == 1:
            problem = self._single(words[0])
        elif words[0] == "aws":
            known = len(words) == 2 and words[1] in AWS_VALUES
            problem = None if known else (f"There is no `{expression}`.", did_you_mean(words[-1], AWS_VALUES))
        elif words[0] == "variables":
            return  # Variables were filled in as the spec was loaded; one that is left is unknown, and was told there.
        elif words[0] == "resources":
            problem = self._raw(words)
        else:
            problem = self._attribute(words)
        if problem:
            yield Diagnostic(EXPRESSION, problem[0], path, chars=expression.chars, help=problem[1])

    def _single(self, word: str) -> tuple[str, str] | None:
        declared = self.architecture.spec.parameters
        if word in declared or self._is_poisoned(word, "parameters"):
            return None
        if PASCAL.match(word):
            return f"There is no parameter `{word}`.", did_you_mean(word, declared) or "Declare it under `parameters`."
        return f"`{word}` alone means nothing.", "Say what of it is meant, such as `instances.web.public_ip`."

    def _raw(self, words: tuple[str, ...]) -> tuple[str, str] | None:
        raw = self.architecture.spec.resources
        if words[1] in raw or self._is_poisoned(words[1], "resources"):
            return None
        return f"There is no raw resource `{words[1]}`.", did_you_mean(words[1], raw)

    def _attribute(self, words: tuple[str, ...]) -> tuple[str, str] | None:
        section, name, attribute = split(words)
        if section and section not in ATTRIBUTES:
            return f"There is no section `{section}`.", did_you_mean(section, ATTRIBUTES)
        sections = (section,) if section else tuple(ATTRIBUTES)
        if self._is_poisoned(name, *sections):
            return None
        found = [m for candidate in sections if (m := self.architecture.get(candidate, name)) is not None]
        if not found:
            return f"There is no {_noun(section) if section else 'member'} `{name}`.", did_you_mean(
                name, self._names(sections)
            )
        if len(found) > 1:
            return f"`{name}` can mean several members.", "Write " + " or ".join(
                f"`{m.selector}.{attribute}`" for m in found
            ) + "."
        if not attribute:
            return f"`{name}` alone means nothing.", did_you_mean("", ATTRIBUTES[found[0].section])
        known = ATTRIBUTES[found[0].section]
        if existing_of(found[0].body) is not None:
            return _of_existing(found[0], attribute)
        if attribute in known or PASCAL.match(attribute.split(".")[0]):
            return None
        return f"{_article(_noun(found[0].section)).capitalize()} has no `{attribute}`.", did_you_mean(attribute, known)


def _of_existing(member: Member, attribute: str) -> tuple[str, str] | None:
    """What is wrong with asking something of a member that is there already."""
    known = OF_EXISTING[member.section]
    if attribute not in known:
        return f"`{member.name}` is there already: its `{attribute}` is not known.", did_you_mean(attribute, known)
    if attribute == "cidr" and getattr(member.body, "cidr", None) is None:
        return f"The addresses of `{member.name}` are not known.", "Say its `cidr`."
    return None


def _noun(section: str) -> str:
    return section.removesuffix("s").replace("_", " ")


def _article(noun: str) -> str:
    return ("an " if noun[0] in "aeiou" else "a ") + noun
