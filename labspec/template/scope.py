"""One stack while it is joined: what its names stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from labspec.diagnostic import Path
from labspec.template.conditions import Condition, all_of, any_of, choose, equals, facts_of, negate, prune
from labspec.template.intrinsics import (
    FOLDS,
    KEPT,
    NO_VALUE,
    UNRESOLVED,
    Unfit,
    call,
    entry,
    fits,
    known,
    substitute,
    variables,
)
from labspec.template.joined import Output
from labspec.template.text import Template
from labspec.template.trace import Ledger, Trace
from labspec.template.tree import MAX_DEPTH, TemplateError

_MAX_EXPRESSION = 1_000
"""Values in one condition or parameter, references followed: more is no wiring but an attack on the machine."""

_MAX_CONDITIONS = 50
_EVERYWHERE = frozenset(("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix"))
_OF_ONE_STACK = frozenset(("AWS::NotificationARNs", "AWS::StackId", "AWS::StackName"))


class Scope:
    """The names of one stack: `stack` is its address, `inherited` the condition under which it exists.

    `children` holds the outputs of its nested stacks that are joined already.
    """

    def __init__(
        self, template: Template, stack: str, values: Mapping[str, Any], ledger: Ledger, inherited: Condition
    ) -> None:
        self.template = template
        self.stack = stack
        self.inherited = inherited
        self.children: dict[str, dict[str, Output]] = {}
        self.trace = Trace(template.file, stack, ledger)
        self.resources = dict(self._find_resources())
        self._values = values
        self._declared = template.section("Conditions")
        self._conditions: dict[str, Condition] = {}
        self._open: list[str] = []

    def address(self, name: str) -> str:
        """The address of something declared in this stack."""
        return f"{self.stack}.{name}" if self.stack else name

    def resolve(self, place: Path, value: Any) -> Any:
        """What the value at a place stands for."""
        with self.trace.at(place):
            return self._value(value)

    def settle(self, value: Any, condition: Condition) -> Any:
        """A resolved value where a condition holds."""
        return prune(value, facts_of(condition)) if self.trace.ledger.undecided else value

    def check_size(self, place: Path, value: Any) -> None:
        """Refuse what grows beyond reason when references are followed."""
        if not fits(value, _MAX_EXPRESSION, MAX_DEPTH):
            raise TemplateError("With its references followed, this grows absurdly large.", self.template.span(place))

    def existence(self, place: Path, name: Any) -> Condition:
        """Whether something exists that stands in this stack and names this condition, or none."""
        if name is None:
            return self.inherited
        with self.trace.at(place):
            try:
                return all_of([self.inherited, self._condition(name)])
            except Unfit as error:
                self.trace.note_here(error)
                return all_of([self.inherited, {"Condition": self.address(str(name))}])

    def depends_on(self, place: Path, names: Any) -> tuple[str, ...]:
        """The addresses that a `DependsOn` names."""
        found: list[str] = []
        for name in names if isinstance(names, list) else [names] if names is not None else []:
            if isinstance(name, str) and name in self.resources:
                found.append(self.address(name))
                self.trace.wait(self.address(name))
            else:
                self.trace.note(place, f"DependsOn names {name}, which is no resource of this template")
        return tuple(found)

    def _find_resources(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, body in self.template.section("Resources").items():
            if name.startswith("Fn::"):
                self.trace.note(("Resources", name), f"{name} is not followed")
            elif isinstance(body, dict) and isinstance(body.get("Type"), str):
                yield name, body
            else:
                self.trace.note(("Resources", name), "This is no resource: it has no Type")

    # Conditions

    def _condition(self, name: Any) -> Condition:
        """A condition by its name, over the root's parameters. Kept: it is used by many."""
        if not isinstance(name, str) or name not in self._declared:
            raise Unfit(f"There is no condition {name}")
        if name in self._open:
            raise Unfit(f"The condition {name} depends on itself")
        if name not in self._conditions:
            self._conditions[name] = self._decide_named(name)
            self.trace.ledger.undecided |= not isinstance(self._conditions[name], bool)
        return self._conditions[name]

    def _decide_named(self, name: str) -> Condition:
        place: Path = ("Conditions", name)
        if len(self._open) >= _MAX_CONDITIONS:
            raise TemplateError("Conditions name conditions absurdly deep.", self.template.span(place))
        self._open.append(name)
        with self.trace.at(place):
            try:
                condition = self._decide(self._declared[name])
            except Unfit as error:
                self.trace.note_here(error)
                condition = {"Condition": self.address(name)}
        self._open.pop()
        self.check_size(place, condition)
        return condition

    def _decide(self, value: Any) -> Condition:
        match value:
            case {"Condition": name, **others} if not others:
                return self._condition(name)
            case {"Fn::And": list(parts)}:
                return all_of([self._decide(part) for part in parts])
            case {"Fn::Or": list(parts)}:
                return any_of([self._decide(part) for part in parts])
            case {"Fn::Not": [part]}:
                return negate(self._decide(part))
            case {"Fn::Equals": [left, right]}:
                return equals(self._value(left), self._value(right))
        raise Unfit("This is no condition: Fn::And, Fn::Or, Fn::Not, Fn::Equals and Condition make one")

    # Values

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return self._list(value)
        if not isinstance(value, dict):
            return value
        name, argument = call(value)
        if not name:
            return self._mapping(value)
        self.trace.trail.append(name)
        resolved = self._call(name, argument)
        self.trace.trail.pop()
        return resolved

    def _mapping(self, value: dict[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = {}
        for name, inner in value.items():
            self.trace.trail.append(name)
            if name == "Ref" or name.startswith("Fn::"):
                self.trace.note_here(f"{name} is not followed beside other keys")
                body[UNRESOLVED] = {name: inner}
            elif (resolved := self._value(inner)) is not NO_VALUE:
                body[name] = resolved
            self.trace.trail.pop()
        return body

    def _list(self, value: list[Any]) -> list[Any]:
        items: list[Any] = []
        for index, inner in enumerate(value):
            self.trace.trail.append(index)
            if (resolved := self._value(inner)) is not NO_VALUE:
                items.append(resolved)
            self.trace.trail.pop()
        return items

    def _call(self, name: str, argument: Any) -> Any:
        """What a call stands for. What a function does not take is noted, and marked: it is in no normal form."""
        try:
            if name in _NAMING:
                return _NAMING[name](self, argument)
            if name in KEPT or name in FOLDS:
                argument = self._value(argument)
                return FOLDS[name](argument) if name in FOLDS else {name: argument}
            raise Unfit(f"{name} is not followed")
        except Unfit as error:
            self.trace.note_here(error)
            return {UNRESOLVED: {name: argument}}

    def _ref(self, name: Any) -> Any:
        if not isinstance(name, str):
            raise Unfit("Ref takes a name")
        if name in self._values:
            return self._values[name]
        if name.startswith("AWS::"):
            return self._pseudo(name)
        self._wait_for(name)
        return {"Labspec::StackId" if name in self.children else "Ref": self.address(name)}

    def _pseudo(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name not in _EVERYWHERE and name not in _OF_ONE_STACK:
            raise Unfit(f"CloudFormation has no pseudo parameter {name}")
        if self.stack and name in _OF_ONE_STACK:
            return {name.replace("AWS::", "Labspec::"): self.stack}
        return self.trace.ledger.pseudo.get(name, {"Ref": name})

    def _wait_for(self, name: str) -> None:
        if name in self.resources:
            self.trace.wait(self.address(name))
        else:
            self.trace.note_here(f"{name} is neither a parameter nor a resource of this template")

    def _getatt(self, argument: Any) -> Any:
        match argument:
            case [str(name), attribute]:
                attribute = self._value(attribute)
                self._wait_for(name)
                if name in self.children:
                    return self._output(name, str(attribute))
                return {"Fn::GetAtt": [self.address(name), attribute]}
        raise Unfit("Fn::GetAtt takes a logical id and an attribute")

    def _output(self, name: str, attribute: str) -> Any:
        kind, _, title = attribute.partition(".")
        output = self.children[name].get(title) if kind == "Outputs" else None
        if output is not None and output.condition is not False:
            return output.value
        lack = "does not create its" if output else "declares no"
        self.trace.note_here(f"The template of {name} {lack} {attribute}")
        return {"Fn::GetAtt": [self.address(name), attribute]}

    def _if(self, argument: Any) -> Any:
        match argument:
            case [str(name), then, otherwise]:
                condition = self._condition(name)
                chosen = self._branch(1, then, condition) if condition is not False else None
                other = self._branch(2, otherwise, negate(condition)) if condition is not True else None
                return choose(condition, chosen, other)
        raise Unfit("Fn::If takes the name of a condition and two values")

    def _branch(self, index: int, value: Any, guard: Condition) -> Any:
        self.trace.guards.append(guard)
        self.trace.trail.append(index)
        resolved = self._value(value)
        self.trace.trail.pop()
        self.trace.guards.pop()
        return resolved

    def _sub(self, argument: Any) -> Any:
        match argument:
            case str(template):
                given: dict[str, Any] = {}
            case [str(template), dict(written)]:
                given = self._mapping(written)
            case _:
                raise Unfit("Fn::Sub takes a text, or a text and a map of variables")
        found = {name: self._variable(name) for name in variables(template) if name not in given}
        return substitute([template, given | found])

    def _variable(self, name: str) -> Any:
        owner, dot, attribute = name.partition(".")
        return self._getatt([owner, attribute]) if dot else self._ref(name)

    def _find_in_map(self, argument: Any) -> Any:
        match argument:
            case [_, _, _] | [_, _, _, {"DefaultValue": _}]:
                keys, default = self._list(argument[:3]), argument[3:]
            case _:
                raise Unfit("Fn::FindInMap takes a map and two keys")
        names = [text for key in keys if (text := known(key)) is not None]
        table = self.template.section("Mappings").get(str(keys[0])) if names[:1] == keys[:1] else None
        if len(names) < 3:
            where = self.address(names[0]) if table is not None else keys[0]
            return {"Fn::FindInMap": [where, *keys[1:], *self._list(default)]}
        found = entry(table, names[1:])
        if found is None and default:
            return self._value(default[0]["DefaultValue"])
        if found is None:
            raise Unfit(f"Mappings has no {'.'.join(names)}")
        return found


_NAMING: Final[dict[str, Callable[[Scope, Any], Any]]] = {
    "Fn::FindInMap": Scope._find_in_map,
    "Fn::GetAtt": Scope._getatt,
    "Fn::If": Scope._if,
    "Fn::Sub": Scope._sub,
    "Ref": Scope._ref,
}
"""The functions that speak of what the template declares."""
