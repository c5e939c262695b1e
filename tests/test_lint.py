from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path as Folder
from typing import Any

import pytest
from cfnlint.match import Match
from cfnlint.rules.errors.rule import RuleError
from cfnlint.runner import run_template_by_file_path

from labspec.diagnostic import Diagnostic, Path, Severity, Span
from labspec.lint import Engine, Finding, Loader, cfn_lint, lint, lint_directory, relative_urls, validate
from labspec.lint.finding import COUNTERPARTS, distinct
from labspec.linters import CFN_LINT, VALIDATOR
from labspec.report import Outcome, to_text

BOTH: dict[str, Loader] = {
    "cloudformation-validate": lambda: validate.findings,
    "cfn-lint": lambda: cfn_lint.findings,
}

ROOT = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  TemplateBucket:
    Type: String
Resources:
  NetworkStack:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: !Sub https://${TemplateBucket}.s3.${AWS::Region}.${AWS::URLSuffix}/lab/abc123/network.yaml
      Parameters:
        VpcCidr: 10.0.0.0/16
Outputs:
  LabVpcId:
    Value: !GetAtt NetworkStack.Outputs.LabVpcId
"""

NETWORK = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  VpcCidr:
    Type: String
Resources:
  LabVpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: !Ref VpcCidr
Outputs:
  LabVpcId:
    Value: !Ref LabVpc
"""

CLEAN = {"root.yaml": ROOT, "network.yaml": NETWORK}
MISSPELLED = CLEAN | {
    "network.yaml": NETWORK.replace("CidrBlock: !Ref VpcCidr", "CidrBlock: !Ref VpcCidr\n      EnableDnsSuport: true")
}

ORIGINS: dict[Path, Path] = {
    ("network.yaml", "Resources", "LabVpc"): ("vpcs", "lab"),
    ("network.yaml", "Resources", "LabVpc", "Properties", "EnableDnsSuport"): ("vpcs", "lab", "dns_support"),
    ("root.yaml", "Resources", "NetworkStack"): ("layout", "stacks", "network"),
}


def origin_of(file: str, place: Path) -> Path:
    whole = (file, *place)
    return next((ORIGINS[whole[:end]] for end in range(len(whole), 0, -1) if whole[:end] in ORIGINS), ())


def only(engine: str) -> dict[str, Loader]:
    return {engine: BOTH[engine]}


def brief(diagnostic: Diagnostic) -> tuple[str, Path]:
    return diagnostic.rule.code, diagnostic.path


def never() -> Engine:
    raise AssertionError("the linter was loaded although its answer was in the cache")


def says(*findings: Finding) -> Engine:
    def engine(templates: Mapping[str, str], region: str | None, informational: bool) -> list[Finding]:
        return list(findings)

    return engine


class TestLint:
    @pytest.mark.parametrize(
        ("engine", "code", "note"),
        [
            (
                "cfn-lint",
                "LS601",
                "cfn-lint E3002 at network.yaml, Resources/LabVpc/Properties/EnableDnsSuport; see https://",
            ),
            (
                "cloudformation-validate",
                "LS602",
                "cloudformation-validate F3002 at network.yaml, Resources/LabVpc/Properties/EnableDnsSuport",
            ),
        ],
    )
    def test_an_unknown_property_in_a_child_is_told_at_its_spec_path(self, engine: str, code: str, note: str) -> None:
        (found,) = lint(MISSPELLED, origin_of, engines=only(engine))
        assert brief(found) == (code, ("vpcs", "lab", "dns_support"))
        assert found.message == "AWS::EC2::VPC has no property `EnableDnsSuport`."
        assert found.help == "Did you mean `EnableDnsSupport`?"
        assert found.note.startswith(note)
        assert found.level is Severity.ERROR

    def test_what_both_linters_find_is_told_once(self) -> None:
        (found,) = lint(MISSPELLED, origin_of, engines=BOTH)
        assert brief(found) == ("LS602", ("vpcs", "lab", "dns_support"))

    def test_a_parameter_that_the_child_does_not_have_is_found(self) -> None:
        planted = CLEAN | {"root.yaml": ROOT.replace("VpcCidr: 10.0.0.0/16", "VpcCidr: 10.0.0.0/16\n        Nope: 1")}
        (found,) = lint(planted, origin_of, engines=only("cfn-lint"))
        assert brief(found) == ("LS601", ("layout", "stacks", "network"))
        assert found.note.startswith("cfn-lint E3043 at root.yaml, Resources/NetworkStack/Properties/Parameters/Nope")

    def test_clean_templates_give_nothing(self) -> None:
        assert lint(CLEAN, origin_of, engines=BOTH) == []

    def test_the_merely_informational_is_told_when_asked_for(self) -> None:
        found = lint(CLEAN, origin_of, engines=BOTH, informational=True)
        assert found
        assert {diagnostic.level for diagnostic in found} == {Severity.HINT}

    @pytest.mark.parametrize("engine", list(BOTH))
    def test_a_type_unknown_in_the_region_is_found_in_that_region_only(self, engine: str) -> None:
        connector = "Type: AWS::AppRunner::VpcConnector, Properties: {Subnets: [subnet-12345678]}"
        template = {"a.yaml": resource(connector)}
        assert lint(template, origin_of, engines=BOTH, region="us-east-1") == []
        (found,) = lint(template, origin_of, engines=only(engine), region="ca-west-1")
        assert "ca-west-1" in found.message

    def test_the_order_is_that_of_the_templates_and_their_lines(self) -> None:
        texts = {"b.yaml": "", "a.yaml": ""}
        out_of_order = [
            Finding("cfn-lint", "E1", Severity.ERROR, "third", "a.yaml", line=1),
            Finding("cfn-lint", "E1", Severity.ERROR, "second", "b.yaml", line=10),
            Finding("cfn-lint", "W1", Severity.WARNING, "first", "b.yaml", line=9),
        ]
        found = lint(texts, origin_of, engines={"cfn-lint": lambda: says(*out_of_order)})
        assert [diagnostic.message for diagnostic in found] == ["First.", "Second.", "Third."]

    def test_a_long_list_of_values_becomes_its_number_and_the_nearest_value(self) -> None:
        values = ", ".join(f"'value-{letter}'" for letter in "abcdefghijklmnop")
        said = Finding("cfn-lint", "E3030", Severity.ERROR, f"'valuee-c' is not one of [{values}] in 'x'", "a.yaml")
        (found,) = lint({"a.yaml": ""}, origin_of, engines={"cfn-lint": lambda: says(said)})
        assert found.message == "'valuee-c' is not one of 16 values in 'x'."
        assert found.help == "Did you mean `value-c`?"

    def test_no_report_shows_a_password(self) -> None:
        password = "hunter2hunter2"
        text = resource(f"{DATABASE.removesuffix('}')},\n    MasterUserPassword: {password}\n    }}")
        text = text.replace("ManageMasterUserPassword: true,", "")
        found = lint_directory({"a.yaml": text}, engines=only("cfn-lint"))
        assert "cfn-lint W2501" in {diagnostic.note.partition(";")[0] for diagnostic in found}
        assert password not in to_text(Outcome("a", found, {"a.yaml": text}))


class TestFailure:
    def test_a_linter_that_cannot_be_loaded_is_one_finding_and_the_other_still_speaks(self) -> None:
        def broken() -> Engine:
            raise ImportError("no native library")

        found = lint(MISSPELLED, origin_of, engines=BOTH | {"cloudformation-validate": broken})
        assert [diagnostic.rule.code for diagnostic in found] == ["LS603", "LS601"]
        assert found[0].message == (
            "The linter cloudformation-validate failed on root.yaml, network.yaml: ImportError: no native library."
        )

    def test_a_crash_on_one_template_leaves_the_findings_on_the_others(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def crash(filename: str, *rest: Any) -> Any:
            if filename.endswith("root.yaml"):
                raise KeyError("Fn::If")
            return run_template_by_file_path(filename, *rest)

        monkeypatch.setattr(cfn_lint, "run_template_by_file_path", crash)
        found = lint(MISSPELLED, origin_of, engines=only("cfn-lint"))
        assert [diagnostic.rule.code for diagnostic in found] == ["LS603", "LS601"]
        assert found[0].message == "The linter cfn-lint failed on root.yaml: KeyError: 'Fn::If'."

    def test_a_rule_of_cfn_lint_that_breaks_is_told_as_a_failure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        broken = Match.create("Unknown exception while processing rule E3012: 'Ref'", "root.yaml", RuleError())
        monkeypatch.setattr(cfn_lint, "run_template_by_file_path", lambda *_: iter([broken]))
        (found,) = lint({"root.yaml": ROOT}, origin_of, engines=only("cfn-lint"))
        assert found.rule.code == "LS603"
        assert found.message.endswith("failed on root.yaml: Unknown exception while processing rule E3012: 'Ref'.")

    def test_a_template_that_is_not_yaml_is_a_finding_like_any_other(self, capfd: pytest.CaptureFixture[str]) -> None:
        (found,) = lint_directory({"a.yaml": "Resources:\n  A: [1\n  B: 2\n"}, engines=BOTH)
        assert found.span is not None
        assert (found.span.file, found.span.line) == ("a.yaml", 3)
        assert capfd.readouterr().err == ""


class TestCache:
    def test_the_second_run_loads_no_linter_and_says_the_same(self, tmp_path: Folder) -> None:
        first = lint(MISSPELLED, origin_of, engines=BOTH, cache=tmp_path)
        engines: dict[str, Loader] = dict.fromkeys(BOTH, never)
        assert lint(MISSPELLED, origin_of, engines=engines, cache=tmp_path) == first
        assert len(first) == 1

    @pytest.mark.parametrize("change", ["template", "region", "informational", "labspec", "linter"])
    def test_another_byte_or_setting_or_version_asks_again(
        self, tmp_path: Folder, change: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []

        def load() -> Engine:
            asked.append(change)
            return says()

        def run(text: str, region: str | None, informational: bool) -> None:
            engines: dict[str, Loader] = {"cfn-lint": load}
            lint(
                {"a.yaml": text}, origin_of, engines=engines, region=region, cache=tmp_path, informational=informational
            )

        run("a", None, False)
        run("a", None, False)
        assert len(asked) == 1
        if change == "labspec":
            monkeypatch.setattr("labspec.__version__", "another")
        if change == "linter":
            monkeypatch.setattr("labspec.lint.cache.version", lambda _: "another")
        run(
            "b" if change == "template" else "a", "eu-west-1" if change == "region" else None, change == "informational"
        )
        assert len(asked) == 2

    @pytest.mark.parametrize("text", ["", "{", "[1]", '[{"rule": "E1"}]', '{"a": 1}', "\xff"])
    def test_a_corrupt_file_is_ignored_and_replaced(self, tmp_path: Folder, text: str) -> None:
        said = Finding(
            "cfn-lint", "E1", Severity.ERROR, "a", "a.yaml", ("Resources", "A", 0), 2, 3, 2, 4, "https://a", "b"
        )
        engines: dict[str, Loader] = {"cfn-lint": lambda: says(said)}
        first = lint({"a.yaml": ""}, origin_of, engines=engines, cache=tmp_path)
        (file,) = tmp_path.iterdir()
        whole = file.read_text()
        file.write_text(text, encoding="latin-1")
        assert lint({"a.yaml": ""}, origin_of, engines=engines, cache=tmp_path) == first
        assert file.read_text() == whole
        assert list(tmp_path.iterdir()) == [file]

    def test_a_failure_is_not_kept(self, tmp_path: Folder) -> None:
        (found,) = lint({"a.yaml": ""}, origin_of, engines={"cfn-lint": never}, cache=tmp_path)
        assert found.rule.code == "LS603"
        assert list(tmp_path.iterdir()) == []

    def test_a_cache_that_cannot_be_written_costs_only_time(self, tmp_path: Folder) -> None:
        (tmp_path / "file").write_text("")
        assert lint({"a.yaml": ""}, origin_of, engines={"cfn-lint": says}, cache=tmp_path / "file") == []

    def test_the_room_itself_imports_no_linter(self) -> None:
        script = "import sys, labspec.lint; print({'cfnlint', 'cloudformation_validate'} & set(sys.modules))"
        result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert result.stdout.strip() == "set()"


class TestLintDirectory:
    def test_a_planted_parameter_is_found_in_templates_as_they_were_built(self) -> None:
        planted = {
            "root.yaml": ROOT.replace("VpcCidr: 10.0.0.0/16", "VpcCidr: 10.0.0.0/16\n        Nope: 1"),
            "network.yaml": NETWORK,
        }
        found = lint_directory(planted, engines=BOTH)
        (unknown,) = [diagnostic for diagnostic in found if "E3043" in diagnostic.note]
        assert unknown.message.startswith('Specified parameter "Nope" doesn\'t exist in nested stack template')
        assert unknown.span == Span("root.yaml", 12, 9, 12, 13)
        assert unknown.path == ()

    def test_a_parameter_that_only_the_url_of_a_child_uses_is_used(self) -> None:
        assert lint_directory({"root.yaml": ROOT, "network.yaml": NETWORK}, engines=BOTH) == []
        unused = ROOT.replace("TemplateBucket:", "TemplateBuckets:")
        notes = {diagnostic.note.split()[1] for diagnostic in lint_directory({"root.yaml": unused}, engines=BOTH)}
        assert "W2001" in notes


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "TemplateURL: https://b.s3.amazonaws.com/lab/network.yaml\nA: 1\n",
            'TemplateURL: "./network.yaml"\nA: 1\n',
            id="plain",
        ),
        pytest.param("TemplateURL: 'https://b/network.yaml' # a\n", 'TemplateURL: "./network.yaml" # a\n', id="quoted"),
        pytest.param(
            "  TemplateURL: !Sub https://${TemplateBucket}.s3.${AWS::Region}.${AWS::URLSuffix}/${TemplateFolder}/abc123/network.yaml\n"
            "  Parameters: {}\n",
            '  TemplateURL: "./network.yaml"\n  Parameters: {}\n',
            id="sub",
        ),
        pytest.param(
            'TemplateURL: !Sub "https://${B}/${Prefix}network.yaml"\n', 'TemplateURL: "./network.yaml"\n', id="prefix"
        ),
        pytest.param(
            "TemplateURL:\n  Fn::Sub: https://${B}/network.yaml\nParameters: {}\n",
            'TemplateURL: "./network.yaml"\n\nParameters: {}\n',
            id="long sub",
        ),
        pytest.param(
            "  TemplateURL:\n    Fn::Sub:\n      - https://${B}/network.yaml # it's [one\n\n"
            "      - B: !If\n          - C\n          - a\n"
            "          - b\n  Parameters: {}\n",
            '  TemplateURL: "./network.yaml"' + "\n" * 8 + "  Parameters: {}\n",
            id="list below",
        ),
        pytest.param(
            "  TemplateURL: !Sub\n  - https://${B}/network.yaml\n  - B: a\n  Parameters: {}\n",
            '  TemplateURL: "./network.yaml"\n\n\n  Parameters: {}\n',
            id="list beside",
        ),
        pytest.param(
            "  TemplateURL: !Sub [ 'https://${B}/network.yaml', # it's [one\n    {B: !Ref A} ]\n  Parameters: {}\n",
            '  TemplateURL: "./network.yaml"\n\n  Parameters: {}\n',
            id="list in brackets",
        ),
        pytest.param(
            "TemplateURL: !Sub >-\n  https://${B}/network.yaml\nA: 1\n",
            'TemplateURL: "./network.yaml"\n\nA: 1\n',
            id="folded",
        ),
        pytest.param(
            '{"TemplateURL": {"Fn::Sub": ["https://${B}/network.yaml", {"B": "]}"}]}, "A": 1}',
            '{"TemplateURL": "./network.yaml"' + " " * 39 + ', "A": 1}',
            id="JSON on a line",
        ),
        pytest.param(
            '{\n  "TemplateURL": {\n    "Fn::Sub": "https://${B}/network.yaml"\n  },\n  "A": 1\n}\n',
            '{\n  "TemplateURL": "./network.yaml"\n\n   ,\n  "A": 1\n}\n',
            id="JSON",
        ),
    ],
)
def test_relative_urls_names_the_child_and_leaves_all_else_in_place(before: str, after: str) -> None:
    templates = {"root.yaml": before, "network.yaml": ""}
    assert relative_urls(templates)["root.yaml"] == after
    assert relative_urls(relative_urls(templates))["root.yaml"] == after


@pytest.mark.parametrize(
    "text",
    [
        "TemplateURL: https://b/other.yaml\n",
        "TemplateURL: https://b/my-network.yaml\n",
        "TemplateURL: ./network.yaml\n",
        "TemplateURL: !Ref NetworkUrl\n",
        "  TemplateURL:\n    Type: String\n    Default: https://b/network.yaml\n",
        "# TemplateURL: https://b/network.yaml\n",
        "TemplateURLs: https://b/network.yaml\n",
    ],
)
def test_relative_urls_leaves_alone_what_is_no_url_of_a_child(text: str) -> None:
    assert relative_urls({"root.yaml": text, "network.yaml": ""})["root.yaml"] == text


def test_relative_urls_prefers_the_longest_name_and_the_own_folder() -> None:
    root = "TemplateURL: https://b/stacks/app.yaml\n"
    files = {
        "root.yaml": root,
        "app.yaml": "",
        "stacks/app.yaml": "",
        "stacks/root.yaml": "TemplateURL: https://b/app.yaml\n",
    }
    rewritten = relative_urls(files)
    assert rewritten["root.yaml"] == 'TemplateURL: "./stacks/app.yaml"\n'
    assert rewritten["stacks/root.yaml"] == 'TemplateURL: "./app.yaml"\n'


def resource(body: str, head: str = "", tail: str = "") -> str:
    return f"{head}Resources:\n  A: {{{body}}}\n{tail}"


def topic(name: str) -> str:
    return resource(f"Type: AWS::SNS::Topic, Properties: {{TopicName: {name}}}")


TOPIC = "Type: AWS::SNS::Topic"
DATABASE = (
    "Type: AWS::RDS::DBInstance, DeletionPolicy: Delete, UpdateReplacePolicy: Delete, Properties: {Engine: mysql,"
    " EngineVersion: '8', DBInstanceClass: db.t4g.micro, AllocatedStorage: '20', ManageMasterUserPassword: true,"
    " MasterUsername: admin, StorageEncrypted: true}"
)
SUBNETS = "[subnet-0123456789abcdef0, subnet-0123456789abcdef0]"

# For each id that COUNTERPARTS lists, a template that breaks this rule.
BROKEN = {
    "E2504": resource("Type: AWS::SQS::Queue, Properties: {FifoQueue: true, QueueName: a}"),
    "E8002": resource(f"{TOPIC}, Condition: Nope"),
    "E9004": topic("!Sub 'a-${B.Nope}'") + "  B: {Type: AWS::SNS::Topic}\n",
    "E9006": resource(DATABASE),
    "F0000": resource(TOPIC) + "  A: {Type: AWS::SNS::Topic}\n",
    "F0001": "Description: a\n",
    "F0002": resource(TOPIC, 'AWSTemplateFormatVersion: "2011-01-01"\n'),
    "F0004": resource(TOPIC, tail="Outputs:\n" + "".join(f"  A{n}: {{Value: a}}\n" for n in range(201))),
    "F0005": resource(TOPIC, "Nope: 1\n"),
    "F0006": resource(TOPIC).replace("A:", "A-b:"),
    "F0007": "Resources:\n" + "".join(f"  A{n}: {{{TOPIC}}}\n" for n in range(501)),
    "F0010": topic("!Sub ['${AWS::Region}', b]"),
    "F0011": resource(TOPIC, f"Description: {'a' * 1025}\n"),
    "F0013": "Conditions: {C: !Equals [!Ref AWS::Region, a]}\n" + topic("!If [C, a]"),
    "F0017": "Mappings: {M: {a: b}}\n" + topic("!FindInMap [M, !Ref AWS::Region, b]"),
    "F0018": resource(f"{TOPIC}, DeletionPolicy: Delete, UpdateReplacePolicy: Nope"),
    "F1012": topic("!FindInMap [Nope, a, b]"),
    "F1018": topic("!Sub 'a-${Nope}'"),
    "F1020": topic("!GetAtt Nope.TopicName"),
    "F1101": "Resources:\n  A: [1\n  B: 2\n",
    "F2003": "Parameters: {P-a: {Type: String}}\n" + topic("!Ref P-a"),
    "F2012": "Parameters: {P: {Type: String, Default: c, AllowedValues: [a, b]}}\n" + topic("!Ref P"),
    "F3016": resource(f"{TOPIC}, DeletionPolicy: Nope, UpdateReplacePolicy: Delete"),
    "F6004": resource(TOPIC, tail="Outputs: {a-b: {Value: a}}\n"),
    "W3030": resource("Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, InstanceTenancy: nope}"),
    "W9007": resource(f"Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Subnets: {SUBNETS}}}"),
}


def test_the_table_of_counterparts_is_what_the_linters_do() -> None:
    assert BROKEN.keys() == COUNTERPARTS.keys()
    templates = {f"{rule}.yaml": text for rule, text in BROKEN.items()}
    said = validate.findings(templates, "us-east-1", False) + cfn_lint.findings(templates, "us-east-1", False)
    for rule, others in COUNTERPARTS.items():
        here = [finding for finding in said if finding.file == f"{rule}.yaml"]
        assert rule in {finding.rule for finding in here if finding.engine == VALIDATOR}, rule
        pair = [finding for finding in here if finding.rule in {rule, *others}]
        assert {CFN_LINT, VALIDATOR} == {finding.engine for finding in pair}, rule
        assert len({finding.engine for finding in distinct(pair)}) == 1, rule


def test_overlapping_subnets_are_told_at_the_block_by_both_linters() -> None:
    subnet = "{Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, CidrBlock: %s}}"
    text = (
        "Resources:\n  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n"
        f"  A: {subnet % '10.0.0.0/24'}\n  B: {subnet % '10.0.0.0/25'}\n"
    )
    for engine in (cfn_lint.findings, validate.findings):
        (found,) = engine({"a.yaml": text}, None, False)
        assert (found.rule, found.place) == ("E3060", ("Resources", "B", "Properties", "CidrBlock"))
