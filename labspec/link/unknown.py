"""Words that name nothing, each told once, however often it stands there.

Where several places agree on a word, and one that is nearly the same is declared and never named, the declaration is
what is mistyped: it is told there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from labspec.diagnostic import Diagnostic, Fix, Label, Path, Rule
from labspec.link.declared import Declaration, Declared, Key
from labspec.model.architecture import Member
from labspec.model.other_words import likely
from labspec.model.word import kebab
from labspec.nearest import FEW, TIED, did_you_mean, offer
from labspec.wording import an, noun, plural, series

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
UNKNOWN_PARAMETER = Rule(
    "LS205",
    "unknown-parameter",
    "A PascalCase word that is no parameter.",
    "No value of the language is PascalCase, so such a word in a typed field is always a parameter.",
    "from: AdminCird",
    "parameters: {AdminCidr: {type: cidr}}\n# ...\nfrom: AdminCidr",
)

MOST = 4
"""Places that a finding shows beside its own."""
KINDS = 4
"""Kinds that a message still lists."""


class Unknown(NamedTuple):
    """A word that names nothing, and where it stands.

    `sections` are those in which it was looked for, `reserved` the words that could stand in its place, `before` is
    what stands before it in the same value: its section. `other` is a member of another kind that has the name. Where
    it `may_be_parameter`, one could stand in its place.
    """

    rule: Rule
    word: str
    sections: tuple[str, ...]
    path: Path
    chars: tuple[int, int] | None = None
    reserved: tuple[str, ...] = ()
    before: str = ""
    other: Member | None = None
    may_be_parameter: bool = False


def unknown(found: Iterable[Unknown], declared: Declared, used: Callable[[], set[Path]]) -> Iterator[Diagnostic]:
    """What to say of words that name nothing. `used` are the declarations that something names."""
    by_word: dict[str, list[Unknown]] = {}
    for each in found:
        if not declared.may_be_misnamed(each.word, each.sections):
            by_word.setdefault(each.word, []).append(each)
    mistyped: dict[Declaration, dict[str, list[Unknown]]] = {}
    for word, uses in by_word.items():
        if (key := _meant(word, uses, declared, used)) and (declaration := declared.declaration(key)):
            mistyped.setdefault(declaration, {})[word] = uses
    for declaration, words in mistyped.items():
        uses = [use for each in words.values() for use in each]
        if len(uses) > 1 and declaration.path not in used():
            yield _mistyped(declaration, list(words), uses)
            for word in words:
                del by_word[word]
    for word, uses in by_word.items():
        yield _unknown(word, uses, declared, used)


def _meant(word: str, uses: Sequence[Unknown], declared: Declared, used: Callable[[], set[Path]]) -> Key | None:
    """The one thing that all uses of a word may mean, if it is declared; of several, the one that nothing names."""
    keys: set[Key] = set()
    for sections, reserved in {(use.sections, use.reserved) for use in uses}:
        near = likely(word, [*declared.names(sections), *reserved])
        found = {(section, name) for name in near for section in sections if declared.has(section, name)}
        if len(near) > 1 and len(uses) > 1:
            found = {key for key in found if declared.where(key) not in used()}
        elif len(near) != 1:
            return None
        if len(found) != 1:
            return None
        keys |= found
    return keys.pop() if len(keys) == 1 else None


def _mistyped(declared: Declaration, words: Sequence[str], uses: Sequence[Unknown]) -> Diagnostic:
    """A declaration that nothing names as it is spelled."""
    name, path, at = declared
    named = series([f"`{word}`" for word in words], "and")
    message = f"`{name}` is declared here, and named {named} everywhere."
    rule = UNKNOWN_PARAMETER if path[0] == "parameters" else UNKNOWN_NAME
    fix = Fix(f"Write `{words[0]}`.", words[0], name) if len(words) == 1 else None
    help_ = f"Write `{words[0]}` here, or `{name}` there." if fix else "Spell it alike everywhere."
    return Diagnostic(rule, message, path, at, related=places_of(uses, "It is named here"), help=help_, fix=fix)


def _unknown(word: str, uses: Sequence[Unknown], declared: Declared, used: Callable[[], set[Path]]) -> Diagnostic:
    """A word that names nothing, at the first of its places."""
    first = uses[0]
    if first.other is not None:
        return _of_another_kind(first, first.other, uses[1:], declared, used)
    choices = [*declared.names(first.sections), *first.reserved]
    parameter = _parameter(first, declared)
    near = [parameter] if parameter else likely(word, choices)[:TIED]
    fix = None
    if len(near) == 1 and not first.chars:
        right = near[0] if near[0] in (*first.reserved, parameter) else first.before + near[0]
        # Never a safe one: the name may be that of a member that is yet to be written.
        fix = Fix(f"Write `{near[0]}`.", right, first.before + first.word)
    return Diagnostic(
        first.rule,
        f"There is no {_wanted(first)} `{word}`.",
        first.path,
        chars=first.chars,
        related=(*_idle(near, first.sections, declared, used), *places_of(uses[1:], "It is named here, too")),
        help=f"Did you mean the parameter `{parameter}`?" if parameter else _help(first, near, choices, declared),
        fix=fix,
    )


def _parameter(use: Unknown, declared: Declared) -> str:
    """The parameter that a word would be if it were written as one."""
    parameters = declared.architecture.spec.parameters if use.may_be_parameter else ()
    return next((name for name in parameters if kebab(name) == use.word), "")


def _idle(
    near: Sequence[str], sections: Sequence[str], declared: Declared, used: Callable[[], set[Path]]
) -> Iterator[Label]:
    """The declarations that may be what is mistyped, because nothing names them."""
    idle: dict[Declaration, list[str]] = {}
    for key in ((section, name) for name in near for section in sections):
        declaration = declared.declaration(key) if declared.has(*key) else None
        if declaration and declaration.path not in used():
            idle.setdefault(declaration, []).append(f"`{key[1]}`")
    for (_, path, at), names in idle.items():
        text = f"{series(names, 'and')} {'are' if names[1:] else 'is'} declared here, and named nowhere."
        yield Label(text, path, at)


def _of_another_kind(
    use: Unknown, other: Member, more: Sequence[Unknown], declared: Declared, used: Callable[[], set[Path]]
) -> Diagnostic:
    label = Label("It is declared here.", other.path, other.named or "key")
    message = f"`{use.word}` is {an(noun(other.section))}; this field names {an(_wanted(use))}."
    choices = declared.names(use.sections)
    idle = _idle(likely(use.word, choices)[:TIED], use.sections, declared, used)
    help_ = did_you_mean(use.word, choices)
    related = (label, *idle, *places_of(more, "It is named here, too"))
    return Diagnostic(WRONG_KIND, message, use.path, related=related, help=help_)


def _wanted(use: Unknown) -> str:
    """What a word was to name."""
    if use.sections == ("resources",):
        return "raw resource"
    few = len(use.sections) <= KINDS
    return " or ".join(dict.fromkeys(noun(section) for section in use.sections)) if few else "member"


def _help(use: Unknown, near: Sequence[str], choices: Sequence[str], declared: Declared) -> str:
    if near:
        return offer(near)
    if use.sections == ("parameters",):
        name = kebab(use.word)
        member = next((each for section, each in declared.architecture.members if each == name), "")
        return f"Did you mean the member `{member}`?" if member else "Declare it under `parameters`."
    every = [f"`{word}`" for word in sorted(set(choices))]
    return f"It can be {', '.join(every)}." if 0 < len(every) <= FEW else ""


def places_of(uses: Sequence[Unknown], text: str) -> tuple[Label, ...]:
    """Other places of a word, the last one with how many more there are."""
    shown = uses[:MOST]
    more = f", and in {plural(len(uses) - len(shown), 'more place')}" if len(uses) > len(shown) else ""
    ends = ["."] * (len(shown) - 1) + [f"{more}."]
    return tuple(Label(text + end, use.path, chars=use.chars) for use, end in zip(shown, ends, strict=False))
