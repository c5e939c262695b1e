"""What holds of stacks and their nested stacks, whatever is in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from labspec.template import Joined, NestedStack

DIGEST = re.compile(r"/([0-9a-f]{16})/[^/]+\Z")
"""What stands for a build in the addresses of its templates."""


def followed(joined: Joined) -> Iterator[str]:
    """Every reference leads somewhere, over the borders of stacks too; what may be absent is an output of the root."""
    absent = {("Outputs", name) for name, output in joined.outputs.items() if output.condition is not True}
    for note in joined.unresolved:
        if note.path[:2] not in absent:
            yield f"{note.file} {'/'.join(map(str, note.path))}: {note.reason}"


def wired(joined: Joined) -> Iterator[str]:
    """What travels keeps its name: a parameter has that of the output that fills it, an output that of its resource."""
    for stack in joined.stacks.values():
        for name, value in _parameters(joined, stack).items():
            for output in _outputs(value):
                if output != name:
                    yield f"{name} of {stack.id} is {output} of another stack"
        template = joined.templates[stack.file].section("Outputs")
        for name, said in template.items():
            for source in _resources(said["Value"]):
                if not name.startswith(source):
                    yield f"{name} of {stack.id} is of {source}"


def sealed(joined: Joined) -> Iterator[str]:
    """A stack's template is the one that is called like it, and all are of one build."""
    builds = set()
    for stack in joined.stacks.values():
        name = stack.file.rpartition("/")[2].partition(".")[0]
        if stack.id.lower() != f"{name.replace('-', '')}stack":
            yield f"{stack.id} is made of {stack.file}"
        builds |= set(DIGEST.findall(str(_body(joined, stack)["TemplateURL"])))
    if len(builds) > 1:
        yield f"templates of {len(builds)} builds"


def _body(joined: Joined, stack: NestedStack) -> dict[str, Any]:
    """The properties of a stack as they are written."""
    file = joined.stacks[stack.parent].file if stack.parent else joined.root
    found: dict[str, Any] = joined.templates[file].section("Resources")[stack.id]["Properties"]
    return found


def _parameters(joined: Joined, stack: NestedStack) -> dict[str, Any]:
    found: dict[str, Any] = _body(joined, stack).get("Parameters", {})
    return found


def _outputs(value: Any) -> Iterator[str]:
    """The outputs of other stacks that a value gets."""
    for name in _asked(value):
        if ".Outputs." in name:
            yield name.partition(".Outputs.")[2]


def _resources(value: Any) -> Iterator[str]:
    return (name.partition(".")[0] for name in _asked(value))


def _asked(value: Any) -> Iterator[str]:
    """Everything that `Ref` and `Fn::GetAtt` name, at any depth, attributes with it."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [*parts]}:
            yield ".".join(map(str, parts))
        case {"Fn::GetAtt": str(name)}:
            yield name
        case dict():
            for inner in value.values():
                yield from _asked(inner)
        case list():
            for inner in value:
                yield from _asked(inner)
