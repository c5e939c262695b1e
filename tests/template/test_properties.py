"""What holds for all templates: a cut architecture joins to the flat graph; any shape is joined or refused."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from labspec.template import Joined, TemplateError, read_directory

CONDITIONS = {
    "Big": {"Fn::Equals": [{"Ref": "Size"}, "big"]},
    "Both": {"Fn::And": [{"Condition": "Big"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]}]},
}
PARAMETERS = {"Size": {"Type": "String", "Default": "big"}, "Name": {"Type": "String"}}


@st.composite
def values(draw: st.DrawFn, conditions: dict[str, str | None], deep: bool = True) -> Any:
    """A value that may refer to the resources made so far (name -> condition), the parameters or the stack's name."""
    kinds = [
        "text",
        "parameter",
        "name",
        *(["reference"] * 3 if conditions else []),
        *(["sub", "list", "join", "if"] if deep else []),
    ]
    kind = draw(st.sampled_from(kinds))
    inner = values(conditions, deep=False)
    if kind == "text":
        return draw(st.sampled_from(["a", "a,b", "$", "${!x}", "", 80, True]))
    if kind in ("parameter", "name"):
        return {"Ref": "AWS::StackName" if kind == "name" else draw(st.sampled_from(sorted(PARAMETERS)))}
    if kind == "reference":
        name = draw(st.sampled_from(sorted(conditions)))
        reference = draw(st.sampled_from([{"Ref": name}, {"Fn::GetAtt": [name, "Arn"]}]))
        condition = conditions[name]
        return (
            {"Fn::If": [condition, reference, draw(st.sampled_from([{"Ref": "AWS::NoValue"}, "-"]))]}
            if condition
            else reference
        )
    if kind == "sub":
        certain = [name for name, condition in conditions.items() if condition is None]
        bare = draw(
            st.lists(
                st.sampled_from([*certain, *(f"{name}.Arn" for name in certain), "Name", "AWS::Region", "v"]),
                max_size=3,
            )
        )
        return {"Fn::Sub": ["${!lit}" + "-".join(f"${{{name}}}" for name in bare), {"v": draw(inner)}]}
    if kind == "if":
        return {"Fn::If": [draw(st.sampled_from(sorted(CONDITIONS))), draw(inner), draw(inner)]}
    items = draw(st.lists(inner, max_size=3))
    return items if kind == "list" else {"Fn::Join": [draw(st.sampled_from(["", ","])), items]}


@st.composite
def architectures(draw: st.DrawFn) -> dict[str, Any]:
    conditions: dict[str, str | None] = {}
    resources: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 6))):
        name = f"R{number}"
        condition = draw(st.sampled_from([None, None, *CONDITIONS]))
        body: dict[str, Any] = {
            "Type": "Custom::Thing",
            "Properties": draw(st.dictionaries(st.sampled_from("PQ"), values(conditions))),
        }
        body |= {"Metadata": draw(values(conditions))} if draw(st.booleans()) else {}
        resources[name] = body | ({"Condition": condition} if condition else {})
        conditions[name] = condition
    return resources


@dataclass
class Part:
    """One stack while it is cut out: what it takes from elsewhere (parameter -> resource, value) and its resources."""

    resources: dict[str, Any] = field(default_factory=dict)
    takes: dict[str, tuple[str, Any]] = field(default_factory=dict)


def replaced(value: Any, change: Callable[[str, str | None], Any], variable: Callable[[str], str]) -> Any:
    """A copy in which every reference, also in the text of an `Fn::Sub`, was changed."""
    match value:
        case {"Ref": str(name)}:
            return change(name, None)
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return change(name, attribute)
        case {"Fn::Sub": [str(text), dict(given)]}:
            rename = re.sub(
                r"\$\{(\w[\w.]*)\}", lambda m: "${" + (m[1] if m[1] in given else variable(m[1])) + "}", text
            )
            return {"Fn::Sub": [rename, replaced(given, change, variable)]}
        case dict():
            return {key: replaced(inner, change, variable) for key, inner in value.items()}
        case list():
            return [replaced(inner, change, variable) for inner in value]
    return value


def cut(resources: dict[str, Any], stacks: dict[str, str]) -> dict[str, Part]:
    """The naive wiring: whatever a stack does not have itself becomes a parameter of it."""
    parts: dict[str, Part] = {}
    for owner, stack in stacks.items():
        part = parts.setdefault(stack, Part())

        def change(name: str, attribute: str | None, part: Part = part, stack: str = stack) -> Any:
            reference = {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}
            if name == "AWS::StackName":
                part.takes["RootName"] = ("", reference)
                return {"Ref": "RootName"}
            if name not in stacks or stacks[name] == stack:
                return reference
            title = f"{name}{attribute or ''}"
            part.takes[title] = (name, reference)
            return {"Ref": title}

        def variable(name: str, change: Any = change) -> str:
            changed = change(*name.split(".")) if "." in name else change(name, None)
            return changed["Ref"] if "Ref" in changed else ".".join(changed["Fn::GetAtt"])

        part.resources[owner] = replaced(resources[owner], change, variable)
    return parts


def template(**sections: Any) -> str:
    return json.dumps({"Parameters": PARAMETERS, "Conditions": CONDITIONS, **sections})


def nested(resources: dict[str, Any], stacks: dict[str, str], wrapped: set[str]) -> dict[str, str]:
    """Every stack as a child of the root, those in `wrapped` inside one more that hands everything through."""
    parts = cut(resources, stacks)
    made = {name: taken for part in parts.values() for name, taken in part.takes.items() if taken[0]}
    texts, includes = {}, {}
    for stack, part in parts.items():
        outputs = {}
        for title, (name, reference) in made.items():
            if stacks[name] == stack:
                condition = resources[name].get("Condition")
                outputs[title] = {"Value": {"Fn::If": [condition, reference, ""]} if condition else reference}
        strings = PARAMETERS | {name: {"Type": "String"} for name in part.takes}
        texts[f"{stack}.json"] = template(Parameters=strings, Resources=part.resources, Outputs=outputs)
        passed = {
            name: {"Fn::GetAtt": [stacks[owner], f"Outputs.{name}"]} if owner else ref
            for name, (owner, ref) in part.takes.items()
        }
        passed |= {name: {"Ref": name} for name in PARAMETERS}
        file = f"{stack}.json"
        if stack in wrapped:
            file = f"around/{stack}.json"
            child = include(f"../{stack}.json", {name: {"Ref": name} for name in strings})
            through = {name: {"Value": {"Fn::GetAtt": ["Inner", f"Outputs.{name}"]}} for name in outputs}
            texts[file] = template(Parameters=strings, Resources={"Inner": child}, Outputs=through)
        includes[stack] = include(file, passed)
    return texts | {"root.json": template(Resources=includes)}


def include(file: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": file, "Parameters": parameters}}


def bare(value: Any) -> Any:
    """The same with logical ids in place of addresses."""
    return replaced(
        value,
        lambda name, attribute: {"Fn::GetAtt": [bare_id(name), attribute]} if attribute else {"Ref": bare_id(name)},
        lambda name: name,
    )


def bare_id(address: str) -> str:
    return address.rpartition(".")[2]


def graph(joined: Joined) -> dict[str, Any]:
    assert joined.unresolved == ()
    return {r.id: bare([r.type, r.properties, r.attributes, r.condition]) for r in joined.resources.values()}


@given(architectures(), st.data())
def test_a_cut_architecture_joins_to_the_flat_graph(resources: dict[str, Any], data: st.DataObject) -> None:
    # Stacks follow the order of resources, so that they cannot wait for each other.
    places = sorted(data.draw(st.lists(st.sampled_from("ABC"), min_size=len(resources), max_size=len(resources))))
    wrapped = data.draw(st.sets(st.sampled_from("ABC")))
    texts = nested(resources, dict(zip(resources, places, strict=True)), wrapped)
    for options in ({}, {"parameters": {"Name": "x"}, "use_defaults": True}):
        flat = read_directory({"flat.json": template(Resources=resources)}, "flat.json", **options)  # type: ignore[arg-type]
        joined = read_directory(texts, "root.json", **options)  # type: ignore[arg-type]
        assert graph(joined) == graph(flat)
        for resource in joined.resources.values():
            # Whole stacks wait for whole stacks: a cut can only add to what comes before.
            assert flat.after(resource.id) <= {bare_id(address) for address in joined.after(resource.address)}


NAMES = [
    "A",
    "B",
    "S",
    "AWS::NoValue",
    "AWS::StackName",
    "A.x",
    "S.Outputs.O",
    "${A}",
    "${A.x}${!b}",
    "t.yaml",
    "c.yaml",
    "0",
    ",",
]
CALLS = [
    "Ref",
    *(f"Fn::{name}" for name in ("GetAtt", "Sub", "Join", "Split", "Select", "If", "FindInMap", "Length", "Base64")),
    *(f"Fn::{name}" for name in ("Equals", "And", "Or", "Not", "Transform", "Odd")),
    "Condition",
    "Labspec::StackName",
]
SHAPES = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from(NAMES),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*CALLS, "A", "Type"]), inner, min_size=1, max_size=2)
    ),
    max_leaves=12,
)
KEYS = ["Type", "Properties", "Condition", "DependsOn", "Value", "Default", "Metadata", "Export"]
BODIES = st.dictionaries(st.sampled_from(KEYS), SHAPES, max_size=4) | SHAPES
RESOURCES = st.builds(
    lambda body, kind: body | {"Type": kind},
    st.dictionaries(st.sampled_from(KEYS), SHAPES),
    st.sampled_from(["T", "AWS::CloudFormation::Stack"]),
)
INCLUDES = st.builds(
    lambda passed, url: {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": url, "Parameters": passed},
    },
    SHAPES,
    SHAPES | st.just("c.yaml"),
)
SECTIONS = st.fixed_dictionaries(
    {"Resources": st.dictionaries(st.sampled_from("ABS"), RESOURCES | INCLUDES | BODIES)},
    optional={
        **{
            name: st.dictionaries(st.sampled_from("ABC"), BODIES)
            for name in ("Parameters", "Conditions", "Mappings", "Outputs")
        },
        "Transform": SHAPES,
    },
)


@given(SECTIONS, SECTIONS, st.booleans())
def test_any_shape_is_joined_or_refused(root: dict[str, Any], child: dict[str, Any], use_defaults: bool) -> None:
    texts = {"t.yaml": json.dumps(root), "c.yaml": json.dumps(child)}
    try:
        joined = read_directory(texts, "t.yaml", use_defaults=use_defaults)
    except TemplateError as error:
        refused_in = error.span.file
    else:
        refused_in = ""
    if refused_in:
        assert refused_in in texts
        return
    assert joined == read_directory(texts, "t.yaml", use_defaults=use_defaults)
    for address in joined.resources:
        assert address not in joined.after(address)
    for unresolved in joined.unresolved:
        joined.templates[unresolved.file].line(unresolved.path)
