"""Build-time variables: their values, and every `${{ variables.name }}` replaced before anything is validated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.text import Expression, Mistake, Text, expressions, parts_of
from labspec.model.word import kebab
from labspec.nearest import did_you_mean, meant
from labspec.scalar import Chars, Scalar

VARIABLE = Rule(
    "LS104",
    "variable",
    "A build-time variable is not what it is used or set as.",
    "Variables are declared under `variables`, given a value there or by `--set`, and used as `${{ variables.name }}`."
    " Their names are lower_snake.",
    "tags: {Stage: '${{ variables.stgae }}'}",
    "variables: {stage: dev}\ntags: {Stage: '${{ variables.stage }}'}",
)
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
MOST = 1 << 20
"""What variables may add to a document: characters, and a hundred for each value of a list or mapping."""
MOST_SHOWN = 5
"""Places that a finding shows."""


@dataclass
class Variables:
    """The variables of a document.

    `found` is what is wrong, `told` where; `used` are those that stand somewhere, `in_files` those that files use.
    """

    settings: Mapping[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    unusable: set[str] = field(default_factory=set)
    found: list[Diagnostic] = field(default_factory=list)
    told: set[Path] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    unknown: dict[str, list[tuple[Path, Chars]]] = field(default_factory=dict)
    document: Mapping[str, Any] = field(default_factory=dict)
    in_files: set[str] = field(default_factory=set)
    places: dict[str, Path] = field(default_factory=dict)
    """Where the values are declared; those of the command line are not."""
    filled_in: dict[Path, Path] = field(default_factory=dict)
    """Where values stand that are a variable's, and where each is declared."""
    mixed: set[Path] = field(default_factory=set)
    """Where values are declared that are a part of other texts, or that can only be some."""
    added: int = 0

    def filled(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with every variable's value in its place."""
        self.document = document
        declared = document.get("variables")
        for name, body in declared.items() if isinstance(declared, dict) else ():
            self._declare(str(name), body)
        if isinstance(parameters := document.get("parameters"), dict):
            self.unusable |= {str(name) for name in parameters if NAME.match(name)}  # they are told of there
        for name in self.settings:
            if not isinstance(declared, dict) or name not in declared:
                self.found.append(self._set_in_vain(name))
        filled = {
            key: value if key == "variables" else self._fill(value, (str(key),)) for key, value in document.items()
        }
        self.tell_unknown()
        return filled

    def _set_in_vain(self, name: str) -> Diagnostic:
        parameters = self.document.get("parameters")
        help_ = did_you_mean(name, self.values) or "Declare it under `variables`."
        if isinstance(parameters, dict) and name in parameters:
            help_ = f"`{name}` is a parameter: it is asked for as the stack is created."
        return Diagnostic(VARIABLE, f"`--set {name}=...` sets nothing: there is no such variable.", help=help_)

    # -------------------------------------------------------------- what is declared

    def _declare(self, name: str, body: Any) -> None:
        path: Path = ("variables", name)
        value = body.get("default") if isinstance(body, dict) else body
        if not NAME.match(name) and not (isinstance(body, dict) and "type" in body):  # that is a parameter
            right = kebab(name).replace("-", "_")
            help_ = f"Write it in lower case, its words joined by `_`: `{right or 'instance_type'}`."
            self._wrong(f"`{name}` is not a name for a variable.", path, help_, at_key=True)
            self.unusable |= {right} - set(map(str, self.document["variables"]))
        if name in self.settings:
            value = self.settings[name]
        if value is None or (isinstance(value, Scalar) and value.style in ("empty", "null")):
            self.unusable.add(name)  # the model says what is missing
            return
        if any(words[0] == "variables" for words in _used(value)):
            self._wrong(f"The variable `{name}` cannot be made of variables.", path, "Write its value.")
            self.unusable.add(name)
        self._allowed(name, body, value)
        self.values[name] = value
        if name not in self.settings:
            self.places[name] = (*path, "default") if isinstance(body, dict) else path
            if isinstance(body, dict) and "one_of" in body:
                self.mixed.add(self.places[name])
        self.sizes[name] = _size(value)

    def _allowed(self, name: str, body: Any, value: Any) -> None:
        one_of = body.get("one_of") if isinstance(body, dict) else None
        listed = one_of if isinstance(one_of, list) else [one_of]
        options = [option for option in listed if isinstance(option, str)]
        if not one_of or len(options) < len(listed):
            return  # nothing is said, or the model says what is wrong with it
        if value not in options:
            said = f"`{value}`" if isinstance(value, str) else "more than one value"
            path: Path = ("variables", name)
            place = path if name in self.settings else (*path, "default")
            message = f"The variable `{name}` cannot be {said}."
            label = Label("These are all that it can be.", (*path, "one_of"))
            help_ = did_you_mean(str(value), options)
            self.found.append(Diagnostic(VARIABLE, message, place, "value", related=(label,), help=help_))
            if not isinstance(value, str):
                self.unusable.add(name)

    def _wrong(self, message: str, path: Path, help: str = "", at_key: bool = False) -> None:
        self.found.append(Diagnostic(VARIABLE, message, path, "key" if at_key else "value", help=help))

    # -------------------------------------------------------------- where they are used

    def _fill(self, value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {key: self._fill(inner, (*path, str(key))) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._fill(inner, (*path, index)) for index, inner in enumerate(value)]
        if isinstance(value, Scalar) and "${{" in value:
            return self._fill_scalar(value, path)
        return value

    def _fill_scalar(self, scalar: Scalar, path: Path) -> Any:
        text, start = "", 0
        filled: list[tuple[Chars, Chars]] = []
        for words, chars in expressions(scalar):
            if words[0] != "variables":
                continue
            name = ".".join(words[1:])
            value = self._value(name, path, chars)
            whole = chars == (0, len(scalar))
            if name in self.places and whole:
                self.filled_in[path] = self.places[name]
            elif name in self.places:
                self.mixed.add(self.places[name])
            if whole:
                return _in_place(value, scalar)
            if not isinstance(value, str):
                self._misused(f"The variable `{name}` is not a single value.", path, chars)
                value = ""
            text += scalar[start : chars[0]] + value
            filled.append(((len(text) - len(value), len(text)), chars))
            start = chars[1]
        return Scalar(text + scalar[start:], scalar.style, scalar.folder, tuple(filled)) if filled else scalar

    def fill_text(self, text: Text, path: Path) -> Text:
        """A text that the document mentions, with every variable's value in its place."""
        parts: list[str | Expression] = []
        for part in text.parts:
            if isinstance(part, Expression) and part.words[0] == "variables":
                parts += self._parts(part, path)
            else:
                parts.append(part)
        return Text(tuple(parts))

    def _parts(self, variable: Expression, path: Path) -> Iterator[str | Expression]:
        """The value of a variable as parts of a text. What is wrong in it is shown where the variable stands."""
        name = ".".join(variable.words[1:])
        self.in_files.add(name)
        value = self._value(name, path, variable.chars)
        if name in self.places:
            self.mixed.add(self.places[name])
        if not isinstance(value, str):
            self._misused(f"The variable `{name}` is not a single value.", path, variable.chars)
            return
        for part in parts_of(value):
            if isinstance(part, Mistake):
                self._misused(part.message, path, variable.chars, part.help)
            else:
                yield replace(part, chars=variable.chars) if isinstance(part, Expression) else part

    def _value(self, name: str, path: Path, chars: Chars) -> Any:
        """The value of a variable; nothing in place of one that is wrong, and nothing is said of what that leads to."""
        if name in self.unusable:
            self.told.add(path)
            return ""
        if name not in self.values:
            self.unknown.setdefault(name, []).append((path, chars))
            self.told.add(path)
            return ""
        self.used.add(name)
        self.added += self.sizes[name]
        if self.added <= MOST:
            return self.values[name]
        if not any(diagnostic.message.startswith("Variables make") for diagnostic in self.found):
            self._misused("Variables make this spec larger than any needs to be.", path, chars)
        self.told.add(path)
        return ""

    def tell_unknown(self) -> None:
        """Tell, once, of variables that there are not; those under a mistyped `variables` are lost with it."""
        unknown, self.unknown = self.unknown, {}
        if not unknown:
            return
        meant_so = [
            body for key, body in self.document.items() if key != "variables" and meant(str(key), ["variables"])
        ]
        lost = {str(name) for body in meant_so if isinstance(body, dict) for name in body}
        self.found += [self._unknown(name, uses) for name, uses in unknown.items() if name not in lost]

    def _unknown(self, name: str, uses: Sequence[tuple[Path, Chars]]) -> Diagnostic:
        """A variable that there is not, told once: where it is used first, or where one is declared that is meant."""
        near = meant(name, self.values)
        labels = [Label("It is used here.", path, chars=chars) for path, chars in uses[:MOST_SHOWN]]
        if near and near not in self.used and len(uses) > 1:
            message, place = f"`{near}` is declared here, and used as `{name}` everywhere.", ("variables", near)
            return Diagnostic(VARIABLE, message, place, "key", related=tuple(labels), help=f"Write `{name}`.")
        help_ = did_you_mean(name, self.values) or "Declare it under `variables`."
        path, chars = uses[0]
        message = f"There is no variable `{name}`."
        if near and near not in self.used:
            labels.append(Label(f"`{near}` is declared here, and used nowhere.", ("variables", near), "key"))
        return Diagnostic(VARIABLE, message, path, chars=chars, related=tuple(labels[1:]), help=help_)

    def _misused(self, message: str, path: Path, chars: Chars, help: str = "") -> None:
        self.found.append(Diagnostic(VARIABLE, message, path, chars=chars, help=help))
        self.told.add(path)


def _in_place(value: Any, scalar: Scalar) -> Any:
    """A variable's value in the place of a scalar that is nothing else."""
    if not isinstance(value, str):
        return value
    written = value if isinstance(value, Scalar) else Scalar(value, "quoted", scalar.folder)
    return Scalar(value, written.style, written.folder, (((0, len(value)), (0, len(scalar))),))


def _used(value: Any) -> Iterator[tuple[str, ...]]:
    """The expressions inside a value."""
    if isinstance(value, str):
        yield from (words for words, _ in expressions(value))
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _used(inner)


def _size(value: Any) -> int:
    if isinstance(value, str):
        return 100 + len(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 100 + sum(_size(each) for each in inner)
