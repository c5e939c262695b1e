"""The pages of the sections: each class with its example and all its fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pydantic.fields import FieldInfo

from labspec.model.kind import Kind, Part
from labspec.model.spec import Spec
from labspec.reference.defaults import default_text
from labspec.reference.docs import example, field_docs, summary
from labspec.reference.markdown import fenced, page, row, table
from labspec.reference.notation import Node, notation
from labspec.reference.parts import DOCUMENT, MEMBERS, pages, parts, sections, title
from labspec.reference.schema import bare_schemas

COLUMNS = ("field", "takes", "default", "meaning")

DIRECTIVES = (
    ("`extends`", "the name of a file", "", "A document that this one is laid over."),
    ("`include`", "the name of a file; or a list", "", "Documents whose sections join this one's."),
    ("`x-...`", "anything", "", "Your own: nothing that begins with `x-` is read."),
)
LIKE = row("`like`", "the name of another member", "", "Begins with that member's fields.")

COMPOSITION = """\
Three ways, told apart:

- `extends: file` lays this document over one base, as a merge patch: maps merge by key, everything else replaces, a
  written `null` removes. `--overlay FILE` lays more over one. A document that extends another says only what differs.
- `include: [files]` joins the sections of other files; the same member twice is an error. Of an included file only the
  sections are taken, not its name, region, description or tags.
- `like: name`, in a member, begins it with another member's fields, merged in the same way, after all files are read.

The base is resolved whole; then includes are joined, each resolved alone; then come this document's own members, then
overlays, then `like`. Paths are relative to the file they stand in, and lead nowhere outside its folder.

An overlay says only what differs, and is no spec by itself: below, the first document is a spec, and the second is laid
over it by `--overlay prod.yaml`. One machine becomes larger, the other is not there, and the variable keeps `one_of`.
`labspec config spec.yaml --overlay prod.yaml` shows it; `check`, `build`, `publish`, `deploy` and `sync` take it."""
OVERLAY = """\
# spec.yaml
labspec: 1
name: shop
variables:
  stage: {default: dev, one_of: [dev, prod]}
tags: {Stage: "${{ variables.stage }}"}
vpcs:
  net: {cidr: 10.0.0.0/16, zones: [a], subnets: {public: {cidr: 10.0.0.0/20, each: /24, access: public}}}
instances:
  web: {subnet: public-a, type: t3.micro}
  spare: {subnet: public-a}"""
OVERLAID = """\
# prod.yaml
variables: {stage: {default: prod}}
instances:
  web: {type: t3.large}
  spare: null"""

SHARED = """\
What every member can say, whatever its kind, and the parts that many kinds have. [Overrides](overrides.md) lists the
roles that `override` names, [rules](rules.md) what `silence` names."""

RESOURCES = """\
resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {DelaySeconds: 5}
  Waiting:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/SQS
      MetricName: ApproximateNumberOfMessagesVisible
      Dimensions: [{Name: QueueName, Value: !GetAtt Jobs.QueueName}]
      Statistic: Maximum
      Period: 300
      EvaluationPeriods: 1
      Threshold: 100
      ComparisonOperator: GreaterThanThreshold
instances:
  worker:
    subnet: app-a
    permissions:
      statements:
        - {Effect: Allow, Action: sqs:ReceiveMessage, Resource: "${{ resources.Jobs.Arn }}"}
outputs:
  JobsUrl: ${{ resources.Jobs }}
"""
NAMED = """\
Elsewhere in the spec, `${{ resources.Jobs }}` is what CloudFormation's `Ref` gives of it, and
`${{ resources.Jobs.Arn }}` an attribute. Inside `resources` and `override`, CloudFormation's own `!Ref` and `!GetAtt`
work, with logical ids: those of members, too ([overrides](overrides.md)), and parameters."""


def section_pages() -> dict[str, str]:
    """All pages of sections, the document's and that of what members share, by file name."""
    bare = bare_schemas()
    where = pages()
    made = {f"{DOCUMENT}.md": _document(bare), f"{MEMBERS}.md": _members(bare, where)}
    for name, part in sections().items():
        made[f"{name}.md"] = page(name, _section(name, part, bare, where))
    return made


def described(section: str) -> str:
    """What a section is, in its field's docstring."""
    return field_docs(Spec)[section]


def _section(
    name: str, part: type[Part] | None, bare: Mapping[str, Node], where: Mapping[type[Part], str]
) -> Iterator[str]:
    yield described(name)
    if part is None:
        yield fenced(RESOURCES)
        yield NAMED
        return
    yield from _class(part, bare, where, name)
    for inner in parts():
        if where[inner] == name and inner is not part:
            yield f"## {heading(inner)}"
            yield from _class(inner, bare, where, name)


def _class(part: type[Part], bare: Mapping[str, Node], where: Mapping[type[Part], str], here: str) -> Iterator[str]:
    """A class: what it is, how it looks, its short form, its fields."""
    yield summary(part)
    if shown := example(part):
        yield fenced(shown)
    if part.short:
        yield f"In short, a single value: it stands for `{part.short}`."
    shared = Kind.model_fields if issubclass(part, Kind) else {}
    own = {name: info for name, info in part.model_fields.items() if name not in shared}
    if own:
        yield table(COLUMNS, _rows(part, own, bare, where, here))
    if issubclass(part, Kind):
        inherited = ", ".join(f"`{name}`" for name in ("like", *Kind.model_fields))
        yield f"And {inherited}, as [every member]({MEMBERS}.md)."


def _rows(
    part: type[Part],
    fields: Mapping[str, FieldInfo],
    bare: Mapping[str, Node],
    where: Mapping[type[Part], str],
    here: str,
) -> Iterator[str]:
    docs = field_docs(part)
    known = {inner.__name__: inner for inner in where}

    def link(name: str) -> str:
        inner = known[name]
        file = "" if where[inner] == here else f"{where[inner]}.md"
        at_top = file and sections().get(where[inner]) is inner
        return f"[{title(inner)}]({file if at_top else f'{file}#{anchor(heading(inner))}'})"

    for name, info in fields.items():
        said = info.alias or name
        default = default_text(info)
        yield row(
            f"`{said}`" + (" **required**" if info.is_required() else ""),
            notation(bare[part.__name__]["properties"][said], link),
            f"`{default}`" if default else "",
            docs[name],
        )


def heading(part: type[Part]) -> str:
    """The heading over a class."""
    words = title(part)
    return words[0].upper() + words[1:]


def anchor(words: str) -> str:
    """The anchor that renderers of Markdown give to a heading."""
    return words.lower().replace(" ", "-")


def _document(bare: Mapping[str, Node]) -> str:
    own = {name: info for name, info in Spec.model_fields.items() if name not in sections()}
    listed = [f"- [{name}]({name}.md): {described(name)}" for name in sections()]
    words = [
        fenced(example(Spec)),
        table(COLUMNS, [*_rows(Spec, own, bare, pages(), DOCUMENT), *(row(*cells) for cells in DIRECTIVES)]),
        "## Sections",
        "\n".join(listed),
        "## Composition",
        COMPOSITION,
        fenced(OVERLAY),
        fenced(OVERLAID),
    ]
    return page("A document", words)


def _members(bare: Mapping[str, Node], where: Mapping[type[Part], str]) -> str:
    words = [
        SHARED,
        table(COLUMNS, [LIKE, *_rows_of_kind(bare, where)]),
    ]
    for part in _shared(where):
        words += [f"## {heading(part)}", *_class(part, bare, where, MEMBERS)]
    return page("Members", words)


def _rows_of_kind(bare: Mapping[str, Node], where: Mapping[type[Part], str]) -> Iterable[str]:
    some = next(part for part in where if issubclass(part, Kind))
    return _rows(some, Kind.model_fields, bare, where, MEMBERS)


def _shared(where: Mapping[type[Part], str]) -> list[type[Part]]:
    return [part for part in parts() if where[part] == MEMBERS]
