"""`labspec diff`: from two targets to words, JSON, Markdown, findings and exit statuses."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from labspec.cli import main
from labspec.cli.plan_forms import MOST

SPEC = """\
labspec: 1
name: small
vpcs:
  net: {cidr: 10.0.0.0/16, subnets: {a: {zone: a, cidr: 10.0.1.0/24, access: isolated}}}
"""
TEMPLATE = """\
Parameters:
  Secret: {Type: String, NoEcho: true}
Resources:
  Base:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Retain
    Properties:
      DBName: one
      MasterUserPassword: !Ref Secret
  Pages: {Type: AWS::SQS::Queue, Properties: {QueueName: pages}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.fixture
def pair(folder: Path) -> tuple[str, str]:
    """Two templates: the second has another database, and no bucket."""
    Path("old.yaml").write_text(TEMPLATE)
    Path("new.yaml").write_text(TEMPLATE.replace("DBName: one", "DBName: other").replace("Pages:", "Site:"))
    return "old.yaml", "new.yaml"


def test_what_changes_is_told_with_what_is_grave_on_top(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", *pair]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:4] == [
        "Data at risk:",
        "  ! database Base (new.yaml:4) is replaced: what it holds is gone (no UpdateReplacePolicy)",
        "  ! queue Pages (old.yaml:10) is removed: what it holds is gone (no DeletionPolicy, which is Delete)",
        "      Site says the same; if that is its new name, leave it its logical id, and it stays",
    ]
    assert said[4:6] == [
        "The update will fail:",
        "  x Site (new.yaml:10): It is made anew, and the name pages still belongs to another resource.",
    ]
    assert "  +/- Base (AWS::RDS::DBInstance)  new.yaml:8" in said
    assert "        DBName: one -> other  # forces replacement" in said
    assert "  -   Pages (AWS::SQS::Queue)  old.yaml:10" in said
    assert "        Site says the same; if that is its new name, leave it its logical id, and it stays" in said
    assert said[-1] == "1 to add, 0 to change in place, 1 to replace, 1 to remove; 0 unchanged."


def test_nothing_changes(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", pair[0], pair[0], "--exit-code", "--guard"]) == 0
    assert capsys.readouterr().out == "Nothing changes; 2 resources.\n"


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ([], 0),
        (["--exit-code"], 5),
        (["--guard"], 4),
        (["--guard", "--exit-code"], 4),
        (["--guard", "--allow-data-loss", "Base"], 4),
        (["--guard", "--allow-data-loss", "Base", "--allow-data-loss", "Pages"], 0),
        (["--guard", "--exit-code", "--allow-data-loss", "Base", "--allow-data-loss", "Pages"], 5),
    ],
)
def test_exit_statuses(pair: tuple[str, str], options: list[str], status: int) -> None:
    assert main(["diff", *pair, *options]) == status


def test_the_guard_says_how_to_go_on(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    main(["diff", *pair, "--guard"])
    wanted = "Data would be lost. If that is meant, add --allow-data-loss Base --allow-data-loss Pages."
    assert capsys.readouterr().out.splitlines()[-1] == wanted


def test_what_is_allowed_to_be_lost_is_there(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *pair, "--guard", "--allow-data-loss", "Bace"]) == 2
    assert capsys.readouterr().err == "labspec: `--allow-data-loss Bace`: neither side has it. Did you mean `Base`?\n"


def test_what_is_removed_and_kept_does_not_stop_the_guard(pair: tuple[str, str]) -> None:
    Path("without.yaml").write_text("Resources:\n  Pages: {Type: AWS::SQS::Queue, Properties: {QueueName: pages}}\n")
    assert main(["diff", "old.yaml", "without.yaml", "--guard"]) == 0
    for name, base in (("one", "one"), ("other", "other")):
        text = TEMPLATE.replace("DBName: one", f"DBName: {base}").replace("DeletionPolicy", "UpdateReplacePolicy")
        Path(f"{name}.yaml").write_text(text)
    assert main(["diff", "one.yaml", "other.yaml", "--guard"]) == 4, "The new one is empty."


def test_a_member_is_allowed_with_all_that_it_holds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A database and its secret are one member: the name that the guard gives lets both go."""
    base = "databases: {main: {engine: mysql, version: 8.4.7, class: db.t3.micro, storage: 20GiB, subnets: [a, c],"
    base += " database: %s, username: admin, password: generated, security_groups: [sg]}}\n"
    more = "security_groups: {sg: {vpc: net}}\n"
    spec = SPEC.replace("access: isolated}}}", "access: isolated}, c: {zone: c, cidr: 10.0.2.0/24, access: isolated}}}")
    Path("old.yaml").write_text(spec + more + base % "one")
    Path("new.yaml").write_text(spec + more + base % "other")
    assert main(["diff", "old.yaml", "new.yaml", "--guard"]) == 4
    said = capsys.readouterr().out.splitlines()[-1]
    assert said == "Data would be lost. If that is meant, add --allow-data-loss databases.main."
    for name in ("databases.main", "main", "MainDatabase"):
        assert main(["diff", "old.yaml", "new.yaml", "--guard", "--allow-data-loss", name]) == 0
    Path("new.yaml").write_text(spec)
    assert main(["diff", "old.yaml", "new.yaml", "--guard", "--allow-data-loss", "main"]) == 0


def test_json(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *pair, "--format", "json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert said["summary"] == {"add": 1, "change": 0, "replace": 1, "move": 0, "remove": 1, "unchanged": 0}
    base = next(change for change in said["changes"] if change["address"] == "Base")
    assert (base["verb"], base["at"], base["sure"], base["when"]) == ("replace", "new.yaml:8", True, True)
    assert base["edits"] == [
        {
            "path": ["Properties", "DBName"],
            "before": "one",
            "after": "other",
            "effect": "replace",
            "sure": True,
            "when": True,
            "causes": [],
            "written": True,
            "note": "",
        }
    ]
    assert [(loss["address"], loss["fate"]) for loss in said["losses"]] == [("Base", "gone"), ("Pages", "gone")]
    assert [refusal["address"] for refusal in said["refusals"]] == ["Site"]


def test_secrets_are_not_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the value of a parameter that is not echoed, nor a password or a token that is written down."""
    written = TEMPLATE.replace("!Ref Secret", "Hunter2-literal")
    token = "ghp_" + "a1B2" * 9
    Path("old.yaml").write_text(TEMPLATE)
    Path("new.yaml").write_text(written.replace("QueueName: pages", f"QueueName: !Sub 'x-{token}'"))
    Path("third.yaml").write_text(TEMPLATE.replace("DBName: one", "DBName: !Ref Secret"))
    inside = "QueueName: pages, Tags: [{Key: a, Value: {DB_PASSWORD: Hunter2-inside}}]"
    Path("fourth.yaml").write_text(TEMPLATE.replace("QueueName: pages", inside))
    for new in ("new.yaml", "third.yaml", "fourth.yaml"):
        for form in ("text", "json", "markdown"):
            main(["diff", "old.yaml", new, "--format", form, "-v", "--parameter", "Secret=Hunter2-given"])
            said = capsys.readouterr()
            assert "Hunter2" not in said.out + said.err
            assert token not in said.out + said.err
            assert "(hidden)" in said.out


def test_markdown_fits_a_comment(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = "  R{0}: {{Type: AWS::S3::Bucket, Properties: {{BucketName: bucket-{0}-{1}}}}}\n"
    for name in ("old", "new"):
        text = "Resources:\n" + "".join(one.format(number, name) for number in range(450))
        Path(f"{name}.yaml").write_text(text)
    assert main(["diff", "old.yaml", "new.yaml", "--format", "markdown"]) == 0
    said = capsys.readouterr().out
    assert len(said) <= MOST
    assert "**0 to add, 0 to change in place, 450 to replace, 0 to remove; 0 unchanged.**" in said
    assert said.count("```") % 2 == 0


def test_markdown_says_what_is_not_known(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Resources:\n  Group: {Type: AWS::EC2::SecurityGroup, Properties: {SecurityGroupIngress: [%s]}}\n"
    Path("old.yaml").write_text(text % "" + "  Pages: {Type: AWS::S3::Bucket}\n")
    rule = "{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}"
    Path("new.yaml").write_text(text % rule + "  Site: {Type: AWS::S3::Bucket}\n  Fn::ForEach::X: [A, [b], {}]\n")
    assert main(["diff", "old.yaml", "new.yaml", "--format", "markdown"]) == 0
    said = capsys.readouterr().out
    assert "> - Not known in new.yaml: new.yaml, Resources/Fn::ForEach::X" in said
    assert "Site says the same; if that is its new name" in said
    assert "There is a short time in which the security group lets no connection begin." in said


def test_a_template_in_one_line_of_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, kind in (("old", "AWS::SNS::Topic"), ("new", "AWS::SQS::Queue")):
        template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"It": {"Type": kind}}}
        Path(f"{name}.json").write_text(json.dumps(template))
    assert main(["diff", "old.json", "new.json"]) == 0
    assert "1 to replace" in capsys.readouterr().out


def test_findings_go_to_reports(pair: tuple[str, str]) -> None:
    assert main(["diff", *pair, "--report", "json=found.json"]) == 0
    codes = [finding["code"] for finding in json.loads(Path("found.json").read_text())["findings"]]
    assert sorted(codes) == ["LS720", "LS720", "LS721"]


def git(*words: str) -> None:
    """Run git, as nobody in particular."""
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    subprocess.run(["git", *words], check=True, capture_output=True, env=os.environ | who)


@pytest.fixture
def repository(folder: Path) -> Path:
    """A repository with a spec in a folder, which includes another document."""
    git("init", "-q")
    Path("specs").mkdir()
    Path("specs/base.yaml").write_text(SPEC)
    Path("specs/site.yaml").write_text("labspec: 1\nextends: base.yaml\nname: site\n")
    Path("link").symlink_to("/etc/hostname")
    git("add", ".")
    git("commit", "-qm", "first")
    return folder


@pytest.mark.parametrize("place", [".", "specs"])
def test_a_spec_is_read_as_it_was_at_a_revision(
    repository: Path, place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("specs/base.yaml").write_text(SPEC.replace("10.0.0.0/16", "10.0.0.0/17"))
    monkeypatch.chdir(place)
    spec = "specs/site.yaml" if place == "." else "site.yaml"
    assert main(["diff", f"git:HEAD:{spec}", spec]) == 0
    said = capsys.readouterr().out
    assert "CidrBlock: 10.0.0.0/16 -> 10.0.0.0/17  # forces replacement" in said
    base = spec.replace("site", "base")
    assert f"net NetVpc (AWS::EC2::VPC)  {base}:4" in said
    assert main(["diff", spec, f"git:HEAD:{spec}"]) == 0
    assert "(AWS::EC2::VPC)  git:HEAD:specs/base.yaml:4" in capsys.readouterr().out
    Path("below").mkdir()
    monkeypatch.chdir("below")
    assert main(["diff", f"git:HEAD:../{spec}", f"../{spec}"]) == 0


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("git:nowhere:specs/site.yaml", "The revision cannot be read."),
        ("git:HEAD:specs/missing.yaml", "`specs/missing.yaml` is not there at the revision `HEAD`."),
        ("git:HEAD", "`git:HEAD` is no place in a revision."),
        ("git:HEAD:../x.yaml", "`../x.yaml` leads out of the repository."),
        ("git:--output=x:specs/site.yaml", "The revision cannot be read."),
    ],
)
def test_what_is_not_there_at_a_revision(
    repository: Path, target: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", target, "specs/site.yaml"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"error[LS722]: {message}")
    assert not Path("x").exists()


def test_errors_of_either_side_are_told(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("specs/base.yaml").write_text(SPEC.replace("10.0.0.0/16", "10.0.0.0/99"))
    git("commit", "-qam", "wrong")
    assert main(["diff", "git:HEAD:specs/site.yaml", "git:HEAD~1:specs/site.yaml"]) == 1
    assert "--> git:HEAD:specs/base.yaml:4:" in capsys.readouterr().err


def test_what_cannot_be_followed_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Resources:\n  It: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Nowhere%s}}\n"
    for name, end in (("old", ""), ("new", "2")):
        Path(f"{name}.yaml").write_text(text % end)
    main(["diff", "old.yaml", "new.yaml"])
    said = capsys.readouterr().out
    assert "It (AWS::S3::Bucket), perhaps" in said
    assert "Not known in old.yaml: old.yaml, Resources/It/Properties/BucketName/Ref: Nowhere is neither" in said


def test_a_value_for_a_parameter_of_one_side_is_no_matter(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Parameters: {%s: {Type: String}}\nResources: {It: {Type: AWS::S3::Bucket}}\n"
    for name in ("Old", "New"):
        Path(f"{name}.yaml").write_text(text % name)
    main(["diff", "Old.yaml", "New.yaml", "--parameter", "Old=1", "--parameter", "New=2", "--parameter", "Typo=3"])
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 3  # the one that neither side has, told of both, and the sum
    assert all("Typo" in line for line in said[:2])


def test_what_the_network_opens_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = """\
instances:
  web: {subnet: a, ingress: {http: {port: 80, from: net}}}
  other: {subnet: a}
"""
    Path("old.yaml").write_text(SPEC + more)
    Path("new.yaml").write_text(SPEC + more.replace("port: 80", "port: 8080"))
    assert main(["diff", "old.yaml", "new.yaml"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "  + other to web by tcp 8080" in said
    assert "  - other to web by tcp 80" in said
    assert main(["diff", "old.yaml", "new.yaml", "--format", "json"]) == 0
    first = json.loads(capsys.readouterr().out)["network"][0]
    assert first == {"sources": ["other"], "target": "web", "ports": "tcp 8080", "opened": True, "certain": True}


def test_what_is_opened_to_a_function(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The function alone is another one, not the network that it stands in."""
    text = """\
Resources:
  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.1.0/24}}
  One: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Net}}
  Box: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Two]}}
  Two:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      VpcId: !Ref Net
      SecurityGroupIngress: [{SourceSecurityGroupId: !Ref One, IpProtocol: tcp, FromPort: 22, ToPort: 22}]
  Fn:
    Type: AWS::Lambda::Function
    Properties: {VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref %s]}}
"""
    Path("old.yaml").write_text(text % "Two")
    Path("new.yaml").write_text(text % "One")
    assert main(["diff", "old.yaml", "new.yaml"]) == 0
    assert "  + Fn to Box by tcp 22" in capsys.readouterr().out


def test_a_network_under_conditions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = """\
Parameters: {Env: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Condition: IsProd, Properties: {VpcId: !Ref Vpc, GroupDescription: x}}
  It:
    Type: AWS::EC2::Instance
    Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!If [IsProd, !Ref Group, sg-1]], ImageId: ami-%s}
"""
    for name in ("1", "2"):
        Path(f"{name}.yaml").write_text(text % name)
    assert main(["diff", "1.yaml", "2.yaml"]) == 0
    assert "+/- It (AWS::EC2::Instance)" in capsys.readouterr().out


def test_conditions_are_said_in_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = """\
Parameters: {Env: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  It: {Type: AWS::SQS::Queue%s}
"""
    Path("old.yaml").write_text(text % "")
    Path("new.yaml").write_text(text % ", Condition: IsProd")
    main(["diff", "old.yaml", "new.yaml"])
    said = capsys.readouterr().out
    assert "queue It (new.yaml:4) is removed if Env is not prod: what it holds is gone" in said
    main(["diff", "old.yaml", "new.yaml", "--parameter", "Env=prod"])
    assert capsys.readouterr().out == "Nothing changes; 1 resource.\n"


def test_by_member_and_by_stack(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("specs/base.yaml").write_text(SPEC.replace("10.0.0.0/16", "10.0.0.0/17"))
    for by, heads in (("stack", ["NetworkStack:"]), ("member", ["net:", "a:"])):
        main(["diff", "git:HEAD:specs/site.yaml", "specs/site.yaml", "--by", by])
        said = capsys.readouterr().out.splitlines()
        assert [line for line in heads if line in said] == heads
    Path("specs/base.yaml").write_text(SPEC.replace("10.0.1.0/24", "10.0.2.0/24"))
    main(["diff", "git:HEAD:specs/site.yaml", "specs/site.yaml", "--by", "member", "--format", "markdown"])
    assert "<summary>a: 2 of 3 change</summary>" in capsys.readouterr().out


def test_networks_too_large_to_compare(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("labspec.reach.change.MOST", -1)
    Path("old.yaml").write_text("Resources:\n  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n")
    Path("new.yaml").write_text("Resources:\n  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}\n")
    for form in ("text", "markdown"):
        assert main(["diff", "old.yaml", "new.yaml", "--format", form]) == 0
        assert "there are too many pairs to compare." in capsys.readouterr().out
