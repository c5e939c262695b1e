"""What holds of every spec: a verdict on one, and the figures of many."""

from __future__ import annotations

import functools
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any
from unittest import mock

import yaml
from cloudformation_validate import CelEngine

from labspec.compiler import Build, Linters, Options, compile_spec
from labspec.diagnostic import Diagnostic, Severity
from labspec.graph import Graph, references
from labspec.lint import cfn_lint as second
from labspec.lint import lint
from labspec.lint import validate as first
from labspec.linters import CFN_LINT, VALIDATOR
from tests.joining import VARIABLE, joined_of, order, outputs, things

FILES = Path(__file__).with_name("files")
LINTERS = ("LS601", "LS602", "LS603")
OF_STACKS = ("LS501", "LS502")
"""What is wrong with stacks, of which the flat layout has one."""
RAW = {"resources", "override", "statements"}
"""Where CloudFormation of the user's own stands."""
WHOLE = ("labspec", "name", "description", "region", "tags", "layout", "checks", "expect")
"""What an included document cannot say for the one that includes it."""


@dataclass
class Verdict:
    """What came of one spec: its build, and which properties it breaks."""

    spec: dict[str, Any]
    build: Build | None = None
    broken: list[str] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        """The codes of the errors that refused it."""
        found = self.build.diagnostics if self.build else []
        return sorted({each.rule.code for each in found if each.level is Severity.ERROR})

    @property
    def warnings(self) -> Counter[str]:
        """What linters warn of, by their own rules."""
        return Counter(_rule(each) for each in self._linted if each.level is not Severity.ERROR)

    @property
    def of_raw(self) -> Counter[str]:
        """What linters refuse in CloudFormation of the user's own, by their own rules."""
        return Counter(_rule(each) for each in self._linted if each.level is Severity.ERROR and _is_raw(each))

    @property
    def _linted(self) -> list[Diagnostic]:
        return [each for each in self.build.diagnostics if each.rule.code in LINTERS] if self.build else []


def _rule(found: Diagnostic) -> str:
    """The linter's own rule: `cfn-lint E3001`."""
    return found.note.partition(" at ")[0]


def _is_raw(found: Diagnostic) -> bool:
    """Whether it is about CloudFormation of the user's own, of which linters are the judges."""
    return not RAW.isdisjoint(found.path)


def judged(spec: dict[str, Any], folder: Path, seed: int, *, thorough: bool = False) -> Verdict:
    """Compile a spec in all its forms, and say which properties do not hold. `thorough` asks cfn-lint, too."""
    verdict = Verdict(spec)
    try:
        shutil.copytree(FILES, folder, dirs_exist_ok=True)
        verdict.build = build = compiled(folder, spec, "nested", thorough=thorough)
        problems = _accepted if not build.failed else _refused
        verdict.broken += [*_told(build), *problems(build, spec, folder, random.Random(seed))]
    except Exception as error:  # a crash is what is looked for
        verdict.broken.append(f"crash: {type(error).__name__}: {error}")
        verdict.broken.extend(_trace(error))
    return verdict


def _trace(error: BaseException) -> Iterator[str]:
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    if at is not None:
        yield f"  at {Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno} in {at.tb_frame.f_code.co_name}"


# ------------------------------------------------------------------ compiling


@functools.cache
def _engine() -> Any:
    return CelEngine()


def _linters(thorough: bool) -> Linters:
    """The linters, asked as the command asks them, with one engine for all specs."""
    loaders: dict[str, Any] = {VALIDATOR: lambda: first.findings}
    if thorough:
        loaders[CFN_LINT] = lambda: second.findings

    def ask(templates: Mapping[str, str], origin_of: Any, region: str | None) -> list[Diagnostic]:
        with mock.patch.object(first, "CelEngine", _engine):
            return lint(templates, origin_of, engines=loaders, region=region)

    return Linters(frozenset(loaders), ask)


def compiled(folder: Path, spec: dict[str, Any], layout: str, *, lint: bool = True, thorough: bool = False) -> Build:
    """A spec that is given as data, written down and compiled."""
    file = folder / "spec.yaml"
    file.write_text(yaml.safe_dump(spec, sort_keys=False, allow_unicode=True), "utf-8")
    options = Options(layout=layout)  # type: ignore[arg-type]
    return compile_spec(str(file), options, _linters(thorough) if lint else None)


def shuffled(value: Any, luck: random.Random) -> Any:
    """The same data with the keys of every mapping in another order. Lists keep theirs."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], luck) for key in luck.sample(list(value), len(value))}
    return [shuffled(item, luck) for item in value] if isinstance(value, list) else value


def split(spec: dict[str, Any], folder: Path, luck: random.Random) -> dict[str, Any]:
    """The same spec, its sections and their members scattered over included documents, which are written."""
    parts: list[dict[str, Any]] = [{}, {}, {}]
    for section, members in spec.items():
        if section in WHOLE or not isinstance(members, dict):
            parts[0][section] = members
            continue
        for name, body in members.items():
            luck.choice(parts).setdefault(section, {})[name] = body
    names = [f"part-{number}.yaml" for number in range(1, len(parts))]
    for name, part in zip(names, parts[1:], strict=True):
        text = yaml.safe_dump({"labspec": 1, "name": "part", **part}, sort_keys=False, allow_unicode=True)
        (folder / name).write_text(text, "utf-8")
    return {**parts[0], "include": names}


# ------------------------------------------------------------------ what holds


def _told(build: Build) -> Iterator[str]:
    """Whatever is found has words and a position, and there is output exactly where nothing failed."""
    for found in build.diagnostics:
        if not found.message or found.span is None or found.span.line < 1:
            yield f"without a position: {found.rule.code} {found.message}"
    if bool(build.files) == build.failed:
        yield "output in spite of errors, or none without"


def _refused(build: Build, spec: dict[str, Any], folder: Path, luck: random.Random) -> Iterator[str]:
    """A linter's error is a law that is missing. What is refused is refused in any order."""
    for found in build.diagnostics:
        if found.rule.code in LINTERS and found.level is Severity.ERROR and not _is_raw(found):
            yield f"linter: {_rule(found)}: {found.message} ({found.note})"
    flat = compiled(folder, shuffled(spec, luck), "flat", lint=False)
    yield from _told(flat)
    if not flat.failed and set(Verdict(spec, build).codes).isdisjoint({*OF_STACKS, *LINTERS}):
        yield "refused in one order, built in another"


def _accepted(build: Build, spec: dict[str, Any], folder: Path, luck: random.Random) -> Iterator[str]:
    """One graph in any order, in any files and in either layout, with an order in which all can be made."""
    forms = {
        "flat": compiled(folder, spec, "flat", lint=False),
        "shuffled": compiled(folder, shuffled(spec, luck), "nested", lint=False),
        "split": compiled(folder, split(spec, folder, luck), "nested", lint=False),
    }
    for form, other in forms.items():
        yield from (f"{form}: {problem}" for problem in _told(other))
        if other.failed:
            yield f"{form}: refused: {[each.message for each in other.diagnostics if each.level is Severity.ERROR]}"
        elif _graph(other).nodes != _graph(build).nodes:
            yield f"{form}: other resources: {_differing(_graph(build), _graph(other))}"
        elif form != "flat" and other.digest != build.digest:
            yield f"{form}: other templates"
    if not forms["flat"].failed:
        yield from _same_joined(build, forms["flat"])
    for layout, one in (("nested", build), ("flat", forms["flat"])):
        if not one.failed:
            yield from (f"{layout}: {problem}" for problem in ordered(one))


def _graph(build: Build) -> Graph:
    assert build.graph is not None
    return build.graph


def _differing(one: Graph, other: Graph) -> list[str]:
    return sorted(name for name in one.nodes | other.nodes if one.nodes.get(name) != other.nodes.get(name))


def _same_joined(nested: Build, flat: Build) -> Iterator[str]:
    one, other = joined_of(nested), joined_of(flat)
    if things(one) != things(other):
        yield "layout: the joined stacks differ"
    if outputs(one) != outputs(other):
        yield "layout: the outputs differ"


def ordered(build: Build) -> Iterator[str]:
    """A creation order of all that is there, in which each reference and each edge points back."""
    graph = _graph(build)
    place = {name: number for number, name in enumerate(_creation(build))}
    certain = order(joined_of(build))
    unsure = {name for name, node in graph.nodes.items() if "Condition" in node.body}
    stated = [(edge.source, edge.target) for edge in graph.edges]
    stated += [(n.id, name) for n in graph.nodes.values() for _, name, _ in references(n.body) if name in graph.nodes]
    for source, target in stated:
        if place[source] <= place[target]:
            yield f"order: {source} is made before {target}"
        if not unsure & {source, target} and target not in certain[source]:
            yield f"order: {source} does not wait for {target}"


def _creation(build: Build) -> Iterator[str]:
    """All resources in an order in which CloudFormation may make them; a circle raises."""
    root, *children = build.stacks
    inside = {child.name: child for child in children}
    for name in _sorted(root.template):
        body = root.template["Resources"][name]
        if body["Type"] != "AWS::CloudFormation::Stack" or name not in _addresses(root.template, inside):
            yield name
            continue
        yield from _sorted(inside[_addresses(root.template, inside)[name]].template)


def _addresses(template: dict[str, Any], names: Mapping[str, Any]) -> dict[str, str]:
    """The name of the child behind each stack of the root."""
    urls = {
        stack: str(body["Properties"]["TemplateURL"])
        for stack, body in template["Resources"].items()
        if body["Type"] == "AWS::CloudFormation::Stack"
    }
    return {stack: name for stack, url in urls.items() for name in names if f"/{name}.yaml" in url}


def _sorted(template: dict[str, Any]) -> list[str]:
    resources = template.get("Resources", {})
    return list(
        TopologicalSorter({name: set(_needs(body)) & set(resources) for name, body in resources.items()}).static_order()
    )


def _needs(value: Any) -> Iterator[str]:
    """Every name that a body mentions, whatever the intrinsic."""
    match value:
        case {"DependsOn": waits, **rest} if rest:
            yield from [waits] if isinstance(waits, str) else waits
            yield from _needs(rest)
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from (name.partition(".")[0] for name in VARIABLE.findall(text))
        case {"Fn::Sub": [str(text), dict(values)]}:
            yield from (name.partition(".")[0] for name in VARIABLE.findall(text) if name not in values)
            yield from _needs(values)
        case dict():
            for inner in value.values():
                yield from _needs(inner)
        case list():
            for inner in value:
                yield from _needs(inner)
