"""The reader of templates: text to data, stacks to one graph."""

import json
import pathlib
from typing import Any

import pytest

from labspec.template import Joined, TemplateError, Unresolved, join, read, read_directory, read_folder


def one(text: str, **options: Any) -> Joined:
    return read_directory({"t.yaml": text}, "t.yaml", **options)


def value(expression: str, rest: str = "", **options: Any) -> Any:
    """What an expression stands for in a template with a few declarations."""
    text = f"""
Parameters:
  Env: {{Type: String, Default: test}}
  Zones: {{Type: CommaDelimitedList, Default: "a, b"}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Mappings:
  Sizes: {{prod: {{Type: large}}, test: {{Type: small}}}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC}}
  Subject: {{Type: Custom::Subject, Properties: {{It: {expression}}}}}
{rest}"""
    joined = one(text, **options)
    assert joined.unresolved == ()
    return joined.resources["Subject"].properties.get("It")


# Reading


def test_short_long_and_json_forms_are_the_same_data() -> None:
    short = "A: !GetAtt a.b.c\nB: !Sub ['${x}', {x: !Ref y}]\nC: !If [P, !GetAZs '', !Base64 z]\nD: !Condition Q"
    long = """
A: {Fn::GetAtt: [a, b, c]}
B: {Fn::Sub: ['${x}', {x: {Ref: y}}]}
C: {Fn::If: [P, {Fn::GetAZs: ''}, {Fn::Base64: z}]}
D: {Condition: Q}"""
    expected = {
        "A": {"Fn::GetAtt": ["a", "b.c"]},
        "B": {"Fn::Sub": ["${x}", {"x": {"Ref": "y"}}]},
        "C": {"Fn::If": ["P", {"Fn::GetAZs": ""}, {"Fn::Base64": "z"}]},
        "D": {"Condition": "Q"},
    }
    assert read(short, "f").data == read(long, "f").data == read(json.dumps(expected), "f").data == expected


def test_scalars_have_yamls_types_but_dates_and_keys_are_text() -> None:
    text = "Version: 2012-10-17\nPort: 80\nQuoted: '80'\nOn: true\non: off\n012: ~\nBlock: |\n  1\n"
    data = read(text, "f").data
    assert data == {
        "Version": "2012-10-17",
        "Port": 80,
        "Quoted": "80",
        "On": True,
        "on": False,
        "012": None,
        "Block": "1\n",
    }


def test_aliases_and_merges_are_written_out() -> None:
    text = "A: &a {x: 1, y: 2}\nB: {<<: *a, y: 3}\nC: *a"
    assert read(text, "f").data == {"A": {"x": 1, "y": 2}, "B": {"x": 1, "y": 3}, "C": {"x": 1, "y": 2}}


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{after}: &{after} [{', '.join(['*' + before] * 9)}]\n" for before, after in zip("abcdef", "bcdefg", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "a mapping"),
        ("- a", 1, "a mapping"),
        ("a: 1\nb: [1", 3, "not YAML"),
        ("a: 1\nb: \x07", 2, "control characters"),
        ("a: 1\nb: \udc00", 2, "surrogate"),
        ("a: 1\nb: 2\na: 3", 3, "`a` stands twice"),
        ('{"a": 1,\n"a": 2}', 2, "`a` stands twice"),
        ("a: 1\n[b]: 2", 2, "key is text"),
        ("a:\n  b: !Reff x", 2, "no tag !Reff"),
        ("a: !!python/name:os.system x", 1, "no tag"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("a: &x\n  - *x", 2, "inside what it names"),
        ("a: *x", 1, "no anchor"),
        (BOMB, 1, "absurdly large"),
        ("[" * 100_000, 1, "nested more than 100"),
        ('{"a":' * 500 + "1" + "}" * 500, 1, "nested more than 100"),
    ],
)
def test_what_is_no_template_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(TemplateError, match=words) as caught:
        read(text, "some.yaml")
    assert (caught.value.span.file, caught.value.span.line) == ("some.yaml", line)


def test_every_place_knows_its_line_and_column() -> None:
    template = read(
        "Resources:\n  Vpc:\n    Type: T\n    Properties:\n      Name: !Sub\n        - ${x}\n        - {x: 1}\n", "f"
    )
    assert template.line(("Resources", "Vpc")) == (2, 3)
    assert template.line(("Resources", "Vpc", "Properties", "Name", "Fn::Sub", 1, "x")) == (7, 12)
    assert template.line(("Resources", "Vpc", "Properties", "Missing", "Deeper")) == (4, 5)
    span = template.span(("Resources", "Vpc", "Type"), "value")
    assert (span.line, span.column, span.end_column) == (3, 11, 12)
    assert read('{\n\t"Resources": {\n\t\t"A": {}}}', "f").line(("Resources", "A")) == (3, 3)


# Values


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Join ['-', [a, 1, true]]", "a-1-true"),
        ("!Join ['-', [a, !Ref Vpc]]", {"Fn::Join": ["-", ["a", {"Ref": "Vpc"}]]}),
        ("!Split [',', 'a,b']", ["a", "b"]),
        ("!Split [',', !Join [',', ['a,b', !Ref Vpc]]]", ["a", "b", {"Ref": "Vpc"}]),
        ("!Select [1, [a, !Ref Vpc]]", {"Ref": "Vpc"}),
        ("!Select [0, !GetAZs '']", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        ("!Sub 'x${!y}'", "x${y}"),
        ("!Sub '${Vpc}'", {"Ref": "Vpc"}),
        (
            "!Sub '$${!y}${Vpc.CidrBlock}-${AWS::Region}'",
            {
                "Fn::Sub": [
                    "$${!y}${Vpc.CidrBlock}-${AWS::Region}",
                    {"Vpc.CidrBlock": {"Fn::GetAtt": ["Vpc", "CidrBlock"]}, "AWS::Region": {"Ref": "AWS::Region"}},
                ]
            },
        ),
        (
            "!Sub ['${a}/${b}/${a}', {a: !Select [0, !GetAZs ''], b: !Sub '${Vpc}!'}]",
            {
                "Fn::Sub": [
                    "${1}/${Vpc}!/${1}",
                    {"1": {"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "Vpc": {"Ref": "Vpc"}},
                ]
            },
        ),
        ("!FindInMap [Sizes, prod, Type]", "large"),
        ("!FindInMap [Sizes, !Ref Env, Type]", {"Fn::FindInMap": ["Sizes", {"Ref": "Env"}, "Type"]}),
        ("!Base64 text", {"Fn::Base64": "text"}),
        ("[a, !Ref AWS::NoValue]", ["a"]),
        ("!Ref AWS::NoValue", None),
        ("!Ref Zones", {"Ref": "Zones"}),
        ("!If [IsProd, 1, 1]", 1),
        ("!If [IsProd, 1, 2]", {"Fn::If": [{"Fn::Equals": [{"Ref": "Env"}, "prod"]}, 1, 2]}),
        (
            "!If [IsProd, !If [IsProd, 1, 2], !If [IsProd, 3, 4]]",
            {"Fn::If": [{"Fn::Equals": [{"Ref": "Env"}, "prod"]}, 1, 4]},
        ),
    ],
)
def test_functions_are_evaluated_as_far_as_they_are_known(expression: str, expected: Any) -> None:
    assert value(expression) == expected


def test_what_is_given_decides() -> None:
    assert value("!If [IsProd, 1, !Ref AWS::NoValue]", parameters={"Env": "prod"}) == 1
    assert value("!If [IsProd, 1, !Ref AWS::NoValue]", use_defaults=True) is None
    assert value("!FindInMap [Sizes, !Ref Env, Type]", use_defaults=True) == "small"
    assert value("!Select [1, !Ref Zones]", use_defaults=True) == "b"
    assert value("!Sub '${AWS::Region}${Env}'", parameters={"AWS::Region": "eu-west-1", "Env": 1}) == "eu-west-11"


# Joining

ROOT = """
Parameters: {Env: {Type: String}, Bucket: {Type: String}}
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: !Sub https://${Bucket}.s3.amazonaws.com/lab/0a1b/network.yaml
      Parameters: {RootName: !Ref AWS::StackName, Env: !Ref Env}
  App:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: apps/app.json
      Parameters:
        VpcId: !GetAtt Network.Outputs.VpcId
        SubnetIds: !Join [",", [!GetAtt Network.Outputs.SubnetA, !GetAtt Network.Outputs.SubnetB]]
        RootName: !Ref AWS::StackName
Outputs:
  Group: {Value: !GetAtt App.Outputs.GroupId, Description: The group}
"""
NETWORK = """
Parameters: {RootName: {Type: String}, Env: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {Name: !Ref RootName, Own: !Ref AWS::StackName}}
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: !Join ["/", [!Ref AWS::URLSuffix, subnets.yaml]]
      Parameters: {VpcId: !Ref Vpc}
Outputs:
  VpcId: {Value: !Ref Vpc}
  SubnetA: {Value: !GetAtt Inner.Outputs.A}
  SubnetB: {Value: !Sub "${Inner.Outputs.B}"}
"""
SUBNETS = """
Parameters: {VpcId: {Type: AWS::EC2::VPC::Id}}
Resources:
  SubnetA: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref VpcId}}
  SubnetB: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref VpcId}, DependsOn: SubnetA}
Outputs: {A: {Value: !Ref SubnetA}, B: {Value: !Ref SubnetB}}
"""
APP = """
{"Parameters": {"VpcId": {"Type": "String"}, "SubnetIds": {"Type": "List<AWS::EC2::Subnet::Id>"}, "RootName": {"Type": "String"}},
 "Resources": {
   "Group": {"Type": "AWS::EC2::SecurityGroup", "DeletionPolicy": "Retain", "Properties": {
     "VpcId": {"Ref": "VpcId"}, "Subnets": {"Ref": "SubnetIds"}, "First": {"Fn::Select": [0, {"Ref": "SubnetIds"}]},
     "Note": {"Fn::Sub": "${RootName} in ${VpcId} with ${Group2.GroupId}"}}},
   "Group2": {"Type": "AWS::EC2::SecurityGroup"}},
 "Outputs": {"GroupId": {"Value": {"Fn::GetAtt": ["Group", "GroupId"]}}}}
"""
LAB = {"root.yaml": ROOT, "network.yaml": NETWORK, "subnets.yaml": SUBNETS, "apps/app.json": APP}


def test_references_lead_through_parameters_and_outputs_to_the_resource() -> None:
    joined = read_directory(LAB, "root.yaml")
    assert joined.unresolved == ()
    assert list(joined.stacks) == ["Network", "Network.Inner", "App"]
    assert joined.resources["Network.Vpc"].properties == {
        "Name": {"Ref": "AWS::StackName"},
        "Own": {"Labspec::StackName": "Network"},
    }
    group = joined.resources["App.Group"]
    subnets = [{"Ref": "Network.Inner.SubnetA"}, {"Ref": "Network.Inner.SubnetB"}]
    assert group.properties == {
        "VpcId": {"Ref": "Network.Vpc"},
        "Subnets": subnets,
        "First": subnets[0],
        "Note": {
            "Fn::Sub": [
                "${AWS::StackName} in ${Vpc} with ${Group2.GroupId}",
                {
                    "AWS::StackName": {"Ref": "AWS::StackName"},
                    "Vpc": {"Ref": "Network.Vpc"},
                    "Group2.GroupId": {"Fn::GetAtt": ["App.Group2", "GroupId"]},
                },
            ]
        },
    }
    assert group.attributes == {"DeletionPolicy": "Retain"}
    assert joined.outputs["Group"].value == {"Fn::GetAtt": ["App.Group", "GroupId"]}
    assert joined.find("SubnetA") is joined.resources["Network.Inner.SubnetA"]
    assert joined.span("App.Group", ("DeletionPolicy",)).line == 4
    assert joined.span("Network.Inner").file == "network.yaml"


def test_what_comes_before_a_resource() -> None:
    joined = read_directory(LAB, "root.yaml")
    everything = {"Network.Vpc", "Network.Inner.SubnetA", "Network.Inner.SubnetB"}
    assert joined.after("App.Group2") == everything
    assert joined.after("App.Group") == {*everything, "App.Group2"}
    assert joined.after("Network.Inner.SubnetB") == {"Network.Vpc", "Network.Inner.SubnetA"}
    assert joined.after("Network.Vpc") == frozenset()
    assert joined.stack_depends_on == (("App", "Network"),)


def test_only_what_certainly_exists_is_certainly_before() -> None:
    joined = one("""
Parameters: {P: {Type: String}}
Conditions: {Wanted: !Equals [!Ref P, x], Never: !Equals [a, b]}
Resources:
  Base: {Type: T}
  Maybe: {Type: T, Condition: Wanted, DependsOn: Base}
  Gone: {Type: T, Condition: Never, DependsOn: Base}
  Loose: {Type: T, DependsOn: [Maybe, Gone]}
  Along: {Type: T, Condition: Wanted, DependsOn: Maybe}
  Chooses: {Type: T, Properties: {Is: !If [Wanted, !Ref Maybe, !Ref Loose]}}
""")
    assert joined.unresolved == ()
    assert joined.after("Loose") == {"Maybe"}
    assert joined.after("Along") == {"Maybe", "Base"}
    assert joined.after("Chooses") == {"Maybe"}


CHILD = "Resources: {R: {Type: T}}"


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("./child.yaml", "a/child.yaml"),
        ("../b/other.yaml", "b/other.yaml"),
        ("https://bucket.s3.amazonaws.com/x/b/child.yaml?versionId=1", "b/child.yaml"),
        ("!Sub 'https://${P}.s3.${AWS::URLSuffix}/${P}other.yaml'", "b/other.yaml"),
        ("!Join ['', ['https://', !Ref P, '/b', '/child.yaml']]", "b/child.yaml"),
        ("!Join ['/', [!Ref P, a, child.yaml]]", "a/child.yaml"),
        ("https://bucket.s3.amazonaws.com/child.yaml", None),
        ("child2.yaml", None),
        ("!Ref P", None),
    ],
)
def test_template_urls(url: str, file: str | None) -> None:
    root = f"""
Parameters: {{P: {{Type: String}}}}
Resources:
  S: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}}}}}
  R: {{Type: T, Properties: {{Is: !GetAtt S.Outputs.X}}}}
"""
    texts = {"a/root.yaml": root, "a/child.yaml": CHILD, "b/child.yaml": CHILD, "b/other.yaml": CHILD}
    joined = read_directory(texts, "a/root.yaml")
    assert [stack.file for stack in joined.stacks.values()] == ([file] if file else [])
    assert joined.resources["R"].properties == {"Is": {"Fn::GetAtt": ["S", "Outputs.X"]}}
    assert len(joined.unresolved) == 1


def test_conditions_speak_of_the_roots_parameters() -> None:
    root = """
Parameters: {Env: {Type: String}, Nat: {Type: String}}
Conditions: {Prod: !Equals [!Ref Env, prod], HasNat: !Not [!Equals [!Ref Nat, ""]]}
Resources:
  S:
    Type: AWS::CloudFormation::Stack
    Condition: Prod
    Properties:
      TemplateURL: child.yaml
      Parameters: {HasNat: !If [HasNat, "true", "false"], Env: !Ref Env}
Outputs: {Gateway: {Value: !GetAtt S.Outputs.Gateway, Condition: Prod}}
"""
    child = """
Parameters: {HasNat: {Type: String}, Env: {Type: String}}
Conditions:
  NatWanted: !Equals [!Ref HasNat, "true"]
  ProdAndNat: !And [!Equals [!Ref Env, prod], !Condition NatWanted]
Resources:
  Always: {Type: T, Properties: {Nat: !If [NatWanted, !Ref Gateway, !Ref AWS::NoValue]}}
  Gateway: {Type: T, Condition: NatWanted, Properties: {Size: !If [ProdAndNat, 2, 1]}}
Outputs: {Gateway: {Value: !If [NatWanted, !Ref Gateway, ""]}}
"""
    texts = {"root.yaml": root, "child.yaml": child}
    joined = read_directory(texts, "root.yaml")
    prod = {"Fn::Equals": [{"Ref": "Env"}, "prod"]}
    has_nat = {"Fn::Not": [{"Fn::Equals": [{"Ref": "Nat"}, ""]}]}
    assert joined.unresolved == ()
    assert joined.resources["S.Always"].condition == prod
    assert joined.resources["S.Gateway"].condition == {"Fn::And": [prod, has_nat]}
    assert joined.resources["S.Gateway"].properties == {"Size": 2}
    assert joined.outputs["Gateway"].value == {"Fn::If": [has_nat, {"Ref": "S.Gateway"}, ""]}

    decided = read_directory(texts, "root.yaml", parameters={"Env": "prod", "Nat": ""})
    assert decided.resources["S.Always"].condition is True
    assert decided.resources["S.Gateway"].condition is False
    assert decided.resources["S.Always"].properties == {}
    assert decided.outputs["Gateway"].value == ""


def test_lists_and_stored_values_cross_into_a_nested_stack() -> None:
    root = """
Parameters: {Names: {Type: CommaDelimitedList}, Text: {Type: String}}
Resources:
  S:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: child.yaml
      Parameters: {A: "a, b", B: !Join [",", !Ref Names], C: !Ref Text, D: !Ref AWS::NoValue, Image: /image}
"""
    child = """
Parameters:
  A: {Type: CommaDelimitedList}
  B: {Type: CommaDelimitedList}
  C: {Type: CommaDelimitedList}
  D: {Type: Number, Default: 80}
  Image: {Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>}
Resources: {R: {Type: T, Properties: {A: !Ref A, B: !Ref B, C: !Ref C, D: !Ref D, Image: !Ref Image}}}
"""
    joined = read_directory({"root.yaml": root, "child.yaml": child}, "root.yaml")
    assert joined.resources["S.R"].properties == {
        "A": ["a", "b"],
        "B": {"Ref": "Names"},
        "C": {"Fn::Split": [",", {"Ref": "Text"}]},
        "D": "80",
        "Image": "{{resolve:ssm:/image}}",
    }


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
        ("Fn::Invented", "Fn::Invented is not followed."),
    }
    place = ("Resources", "R", "Properties", "C", "Fn::GetAtt")
    unresolved = next(u for u in joined.unresolved if u.path == place)
    assert unresolved == Unresolved("root.yaml", place, "", "The template of S declares no Outputs.None.")
    assert joined.templates["root.yaml"].line(place)[0] == 16
    assert joined.resources["R"].condition == {"Condition": "Odd"}
    assert joined.resources["R"].properties["F"] == {"Fn::If": ["Unknown", 1, 2]}
    assert joined.resources["S.R"].properties == {"A": {"Ref": "S.Needed"}}
    assert joined.resources["Lost"].type == "AWS::CloudFormation::Stack"


def test_templates_that_include_each_other_are_refused() -> None:
    texts = {
        name: f"Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {other}"
        for name, other in (("a.yaml", "b.yaml"), ("b.yaml", "a.yaml"))
    }
    with pytest.raises(TemplateError, match=r"a\.yaml includes b\.yaml includes a\.yaml") as caught:
        read_directory(texts, "a.yaml")
    assert (caught.value.span.file, caught.value.span.line) == ("b.yaml", 5)


def test_nested_stacks_that_wait_for_each_other_are_reported() -> None:
    stack = "{{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: c.yaml, Parameters: {{P: !GetAtt {}.Outputs.O}}}}}}"
    root = f"Resources:\n  A: {stack.format('B')}\n  B: {stack.format('A')}\n"
    child = "Parameters: {P: {Type: String}}\nResources: {R: {Type: T, Properties: {Is: !Ref P}}}\nOutputs: {O: {Value: !Ref P}}"
    joined = read_directory({"root.yaml": root, "c.yaml": child}, "root.yaml")
    assert [u.reason for u in joined.unresolved] == ["Nested stacks wait for each other: A, B."]
    assert joined.resources["B.R"].properties == {"Is": {"Fn::GetAtt": ["B", "Outputs.O"]}}


def test_growth_without_reason_is_refused() -> None:
    conditions = "".join(
        f"  C{n}: !Or [!And [!Condition C{n - 1}, !Equals [!Ref P, {n}]], !Not [!Condition C{n - 1}]]\n"
        for n in range(1, 40)
    )
    text = f"Parameters: {{P: {{Type: String}}}}\nConditions:\n  C0: !Equals [!Ref P, x]\n{conditions}Resources: {{R: {{Type: T, Condition: C39}}}}"
    with pytest.raises(TemplateError, match="absurdly large"):
        one(text)


def test_size_is_no_limit() -> None:
    body = "".join(
        f'"R{n}": {{"Type": "T", "DependsOn": "R{n - 1}", "Properties": {{"Is": {{"Ref": "R{n - 1}"}}}}}},'
        for n in range(1, 10_000)
    )
    flat = read(f'{{"Resources": {{{body} "R0": {{"Type": "T"}}}}}}', "flat.json")
    assert len(join({"flat.json": flat}, "flat.json").after("R9999")) == 9_999

    stacks = "".join(
        f"  S{n}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: c.yaml, Parameters: {{P: !GetAtt S{n + 1}.Outputs.O}}}}}}\n"
        for n in range(400)
    )
    root = f"Resources:\n{stacks}  S400: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: c.yaml, Parameters: {{P: end}}}}}}\n"
    child = "Parameters: {P: {Type: String}}\nResources: {R: {Type: T, Properties: {Is: !Ref P}}}\nOutputs: {O: {Value: !Ref P}}"
    joined = read_directory({"root.yaml": root, "c.yaml": child}, "root.yaml")
    assert joined.resources["S0.R"].properties == {"Is": "end"}
    assert len(joined.after("S0.R")) == 400


def test_a_folder_is_read_as_far_as_it_is_included(tmp_path: pathlib.Path) -> None:
    for name, text in {**LAB, "broken.yaml": "[", ".hidden/network.yaml": "["}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8-sig")
    assert read_folder(tmp_path, "root.yaml").resources == read_directory(LAB, "root.yaml").resources
    (tmp_path / "network.yaml").write_bytes(b"\xff")
    with pytest.raises(TemplateError, match=r"network\.yaml:1:1: The file is not UTF-8"):
        read_folder(tmp_path, "root.yaml")
