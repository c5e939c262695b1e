"""Stacks to one graph."""

import pathlib

import pytest

from labspec.template import TemplateError, read_directory, read_folder

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
{"Parameters": {
   "VpcId": {"Type": "String"}, "SubnetIds": {"Type": "List<AWS::EC2::Subnet::Id>"}, "RootName": {"Type": "String"}},
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
    assert joined.span("App.Group", ("DeletionPolicy",)).line == 5
    assert joined.span("Network.Inner").file == "network.yaml"


def test_what_comes_before_a_resource() -> None:
    joined = read_directory(LAB, "root.yaml")
    everything = {"Network.Vpc", "Network.Inner.SubnetA", "Network.Inner.SubnetB"}
    assert joined.after("App.Group2") == everything
    assert joined.after("App.Group") == {*everything, "App.Group2"}
    assert joined.after("Network.Inner.SubnetB") == {"Network.Vpc", "Network.Inner.SubnetA"}
    assert joined.after("Network.Vpc") == frozenset()


def test_only_what_certainly_exists_is_certainly_before() -> None:
    text = """
Parameters: {P: {Type: String}}
Conditions: {Wanted: !Equals [!Ref P, x], Never: !Equals [a, b]}
Resources:
  Base: {Type: T}
  Maybe: {Type: T, Condition: Wanted, DependsOn: Base}
  Gone: {Type: T, Condition: Never, DependsOn: Base}
  Loose: {Type: T, DependsOn: [Maybe, Gone]}
  Along: {Type: T, Condition: Wanted, DependsOn: Maybe}
  Chooses: {Type: T, Properties: {Is: !If [Wanted, !Ref Maybe, !Ref Loose]}}
"""
    joined = read_directory({"t.yaml": text}, "t.yaml")
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
  NatWanted: !Not [!Equals [!Ref HasNat, "false"]]
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


def test_lists_stored_values_and_mappings_of_a_nested_stack() -> None:
    root = """
Parameters: {Names: {Type: CommaDelimitedList}, Text: {Type: String}}
Resources:
  S:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: child.yaml
      Parameters:
        {A: "a, b", B: !Join [",", !Ref Names], C: !Ref Text, D: !Ref AWS::NoValue, Image: /image, Images: /images}
"""
    child = """
Parameters:
  A: {Type: CommaDelimitedList}
  B: {Type: CommaDelimitedList}
  C: {Type: CommaDelimitedList}
  D: {Type: Number, Default: 80}
  Image: {Type: AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>}
  Images: {Type: AWS::SSM::Parameter::Value<List<String>>}
Mappings: {Regions: {eu-west-1: {Size: 3}}}
Resources:
  R: {Type: T, Properties: {A: !Ref A, B: !Ref B, C: !Ref C, D: !Ref D, Image: !Ref Image, Images: !Ref Images}}
  Sized: {Type: T, Properties: {Size: !FindInMap [Regions, !Ref AWS::Region, Size]}}
"""
    joined = read_directory({"root.yaml": root, "child.yaml": child}, "root.yaml")
    assert joined.resources["S.R"].properties == {
        "A": ["a", "b"],
        "B": {"Ref": "Names"},
        "C": {"Fn::Split": [",", {"Ref": "Text"}]},
        "D": "80",
        "Image": "{{resolve:ssm:/image}}",
        "Images": {"Fn::Split": [",", "{{resolve:ssm:/images}}"]},
    }
    size = {"Fn::FindInMap": ["S.Regions", {"Ref": "AWS::Region"}, "Size"]}
    assert joined.resources["S.Sized"].properties == {"Size": size}
    assert joined.mappings == {"S.Regions": {"eu-west-1": {"Size": 3}}}


def test_a_folder_is_read_as_far_as_it_is_included(tmp_path: pathlib.Path) -> None:
    for name, text in {**LAB, "broken.yaml": "[", ".hidden/network.yaml": "["}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8-sig")
    assert read_folder(tmp_path, "root.yaml").resources == read_directory(LAB, "root.yaml").resources
    (tmp_path / "network.yaml").write_bytes(b"\xff")
    with pytest.raises(TemplateError, match=r"network\.yaml:1:1: The file is not UTF-8"):
        read_folder(tmp_path, "root.yaml")
