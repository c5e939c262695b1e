"""Functions and conditions: evaluated as far as they are known."""

from typing import Any

import pytest

from labspec.template import read_directory


def value(expression: str, rest: str = "", **options: Any) -> Any:
    """What an expression stands for in a template with a few declarations."""
    text = f"""
Parameters:
  Env: {{Type: String, Default: test}}
  Zones: {{Type: CommaDelimitedList, Default: "a, b"}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsNotProd: !Not [!Condition IsProd]
  Same: !Equals [!Ref Env, !Ref Env]
  Contrary: !And [!Condition IsNotProd, !Or [!Condition IsProd, !Equals [a, b]]]
Mappings:
  Sizes: {{prod: {{Type: large}}, test: {{Type: small}}}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC}}
  Subject: {{Type: Custom::Subject, Properties: {{It: {expression}}}}}
{rest}"""
    joined = read_directory({"t.yaml": text}, "t.yaml", **options)
    assert joined.unresolved == ()
    return joined.resources["Subject"].properties.get("It")


IS_PROD = {"Fn::Equals": [{"Ref": "Env"}, "prod"]}
MAYBE = {"Fn::If": [IS_PROD, "a", {"Ref": "AWS::NoValue"}]}


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
        ("!Select [1, [!If [IsProd, a, !Ref AWS::NoValue], b]]", {"Fn::Select": [1, [MAYBE, "b"]]}),
        ("!Length [!If [IsProd, a, !Ref AWS::NoValue], b]", {"Fn::Length": [MAYBE, "b"]}),
        ("!Length [a, !Ref Vpc]", 2),
        ("!If [Same, 1, 2]", 1),
        ("!If [Contrary, 1, 2]", 2),
        ("!If [IsNotProd, 1, 2]", {"Fn::If": [{"Fn::Not": [IS_PROD]}, 1, 2]}),
        ("!Base64 text", {"Fn::Base64": "text"}),
        ("[a, !Ref AWS::NoValue]", ["a"]),
        ("!Ref AWS::NoValue", None),
        ("!Ref Zones", {"Ref": "Zones"}),
        ("!If [IsProd, 1, 1]", 1),
        ("!If [IsProd, 1, 2]", {"Fn::If": [IS_PROD, 1, 2]}),
        (
            "!If [IsProd, !If [IsProd, 1, 2], !If [IsProd, 3, 4]]",
            {"Fn::If": [IS_PROD, 1, 4]},
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
