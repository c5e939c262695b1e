"""What cannot be followed, what is refused, and what is no limit."""

import pytest

from labspec.template import Template, TemplateError, Unresolved, join, read_directory


def test_what_cannot_be_followed_is_listed_and_left_as_it_was_written() -> None:
    root = """
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Conditions: {Odd: !Condition Odd}
Resources:
  Lost: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: lost.yaml}}
  S:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: child.yaml, Parameters: {Extra: 1}}
  R:
    Type: T
    Condition: Odd
    DependsOn: [Nobody]
    Properties:
      A: !Ref Nothing
      B: !Sub "${Nothing.Arn}"
      C: !GetAtt S.Outputs.None
      D: {Fn::Transform: {Name: AWS::Include}}
      E: !Select [2, [a, b]]
      F: !If [Unknown, 1, 2]
      G: !Ref AWS::Nonsense
      H: {Fn::Invented: 1, Kept: 2}
      I: !GetAtt Lost.Outputs.Any
  Fn::ForEach::Each: [x, [a], {}]
  Odd: 3
"""
    child = "Parameters: {Needed: {Type: String}}\nResources: {R: {Type: T, Properties: {A: !Ref Needed}}}"
    joined = read_directory({"root.yaml": root, "child.yaml": child}, "root.yaml", parameters={"Stray": 1})
    found = {(u.path[-1], u.reason) for u in joined.unresolved}
    assert found == {
        ("Stray", "A value was given for Stray, which is no parameter of the root."),
        ("Transform", "What the transform AWS::Serverless-2016-10-31 makes of this template is not known."),
        ("Fn::ForEach::Each", "Fn::ForEach::Each is not followed."),
        ("Odd", "This is no resource: it has no Type."),
        ("Odd", "The condition Odd depends on itself."),
        ("TemplateURL", "The template lost.yaml is not among the files."),
        ("Extra", "child.yaml declares no parameter Extra."),
        ("Parameters", "child.yaml needs a value for Needed, and none is passed."),
        ("DependsOn", "DependsOn names Nobody, which is no resource of this template."),
        ("Ref", "Nothing is neither a parameter nor a resource of this template."),
        ("Fn::Sub", "Nothing is neither a parameter nor a resource of this template."),
        ("Fn::GetAtt", "The template of S declares no Outputs.None."),
        ("Fn::Transform", "Fn::Transform is not followed."),
        ("Fn::Select", "Fn::Select asks for item 2 of a list of 2."),
        ("Fn::If", "There is no condition Unknown."),
        ("Ref", "CloudFormation has no pseudo parameter AWS::Nonsense."),
        ("Fn::Invented", "Fn::Invented is not followed beside other keys."),
    }
    place = ("Resources", "R", "Properties", "C", "Fn::GetAtt")
    unresolved = next(u for u in joined.unresolved if u.path == place)
    assert unresolved == Unresolved("root.yaml", place, "", "The template of S declares no Outputs.None.")
    assert joined.templates["root.yaml"].line(place)[0] == 16
    assert joined.resources["R"].condition == {"Condition": "Odd"}
    assert joined.resources["R"].properties["F"] == {"Labspec::Unresolved": {"Fn::If": ["Unknown", 1, 2]}}
    assert joined.resources["S.R"].properties == {"A": {"Ref": "S.Needed"}}
    assert joined.resources["Lost"].type == "AWS::CloudFormation::Stack"


CHILD = """
Parameters: {P: {Type: String}}
Resources: {R: {Type: T, Properties: {Is: !Ref P}}}
Outputs: {O: {Value: !Ref P}}
"""


def include(url: str, **parameters: str) -> str:
    """A nested stack, as YAML on one line."""
    passed = ", ".join(f"{name}: {value}" for name, value in parameters.items())
    return f"{{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}, Parameters: {{{passed}}}}}}}"


def test_templates_that_include_each_other_are_refused() -> None:
    texts = {
        "a.yaml": f"Resources:\n  S: {include('b.yaml')}",
        "b.yaml": f"Description: b\nResources:\n  S: {include('a.yaml')}",
    }
    with pytest.raises(TemplateError, match=r"a\.yaml includes b\.yaml includes a\.yaml") as caught:
        read_directory(texts, "a.yaml")
    assert (caught.value.span.file, caught.value.span.line) == ("b.yaml", 3)


def test_nested_stacks_that_wait_for_each_other_are_reported() -> None:
    stacks = {name: include("c.yaml", P=f"!GetAtt {other}.Outputs.O") for name, other in ("AB", "BA")}
    root = f"Resources:\n  A: {stacks['A']}\n  B: {stacks['B']}\n"
    joined = read_directory({"root.yaml": root, "c.yaml": CHILD}, "root.yaml")
    assert [u.reason for u in joined.unresolved] == ["Nested stacks wait for each other: A, B."]
    assert joined.resources["B.R"].properties == {"Is": {"Fn::GetAtt": ["B", "Outputs.O"]}}


@pytest.mark.parametrize(
    ("count", "condition", "words"),
    [
        (40, "!Or [!And [!Condition C{0}, !Equals [!Ref P, {1}]], !Not [!Condition C{0}]]", "absurdly large"),
        (60, "!Not [!Condition C{0}]", "absurdly deep"),
    ],
)
def test_growth_without_reason_is_refused(count: int, condition: str, words: str) -> None:
    conditions = "".join(f"  C{n + 1}: {condition.format(n, n + 1)}\n" for n in range(count))
    text = f"Parameters: {{P: {{Type: String}}}}\nConditions:\n  C0: !Equals [!Ref P, x]\n{conditions}"
    with pytest.raises(TemplateError, match=words):
        read_directory({"t.yaml": f"{text}Resources: {{R: {{Type: T, Condition: C{count}}}}}"}, "t.yaml")


@pytest.mark.parametrize(("width", "depth"), [(2, 20), (1, 40)])
def test_stacks_that_multiply_are_refused(width: int, depth: int) -> None:
    texts = {f"{depth}.yaml": "Resources: {R: {Type: T}}"}
    for level in range(depth):
        stacks = "".join(f"  S{n}: {include(f'{level + 1}.yaml')}\n" for n in range(width))
        texts[f"{level}.yaml"] = f"Resources:\n{stacks}"
    with pytest.raises(TemplateError, match="More than 32 levels or 2500 nested stacks"):
        read_directory(texts, "0.yaml")


def test_size_is_no_limit() -> None:
    first = {"R0": {"Type": "T"}}
    rest = {f"R{n}": {"Type": "T", "Properties": {"Is": {"Ref": f"R{n - 1}"}}} for n in range(1, 10_000)}
    flat = Template("flat.json", {"Resources": rest | first})
    assert len(join({"flat.json": flat}, "flat.json").after("R9999")) == 9_999

    stacks = "".join(f"  S{n}: {include('c.yaml', P=f'!GetAtt S{n + 1}.Outputs.O')}\n" for n in range(400))
    root = f"Resources:\n{stacks}  S400: {include('c.yaml', P='end')}\n"
    joined = read_directory({"root.yaml": root, "c.yaml": CHILD}, "root.yaml")
    assert joined.resources["S0.R"].properties == {"Is": "end"}
    assert len(joined.after("S0.R")) == 400
