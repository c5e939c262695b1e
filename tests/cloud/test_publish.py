"""Templates reach a bucket once, under keys that say what they hold, and lead to one another there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from moto import mock_aws

from labspec.cli import main
from labspec.template import read
from tests.building import HEAD, NETWORK

REGION, BUCKET = "ap-northeast-2", "lab-templates"
HOST = f"https://{BUCKET}.s3.{REGION}.amazonaws.com/"
MORE = "parameters: {AdminCidr: {type: cidr}, Token: {type: secret}}\nsecurity_groups: {web: {vpc: net, RULES}}\n"
RULES = "ingress: {ssh: {port: 22, from: AdminCidr}}, silence: {unused-member: a test}"
SPEC = HEAD + NETWORK + MORE.replace("RULES", RULES)


@pytest.fixture(autouse=True)
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_text(SPEC, "utf-8")
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", REGION)):
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield client


def publish(*arguments: str, target: str = "spec.yaml") -> int:
    return main(["publish", target, "--bucket", BUCKET, "--no-validate", *arguments])


def published(s3: Any, bucket: str = BUCKET) -> dict[str, str]:
    """What lies in the bucket, by key."""
    listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {
        each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode("utf-8", "replace")
        for each in listed
    }


def root_of(there: dict[str, str]) -> dict[str, Any]:
    ((key, text),) = [(key, text) for key, text in there.items() if key.endswith("/root.yaml")]
    return read(text, key).data


def test_the_root_leads_to_what_was_published(s3: Any) -> None:
    assert publish() == 0
    there = published(s3)
    root = root_of(there)
    urls = [body["Properties"]["TemplateURL"] for body in root["Resources"].values()]
    assert {f"{HOST}{key}" for key in there if not key.endswith("/root.yaml")} == set(urls)
    assert set(root["Parameters"]) == {"AdminCidr", "Token"}
    assert all(key.startswith("labspec/") for key in there)


def test_a_built_directory_is_published_as_its_spec_is(s3: Any) -> None:
    assert publish() == 0
    before = published(s3)
    for urls in ("parameters", "relative"):
        assert main(["build", "spec.yaml", "--template-urls", urls, "--no-validate", "-q"]) == 0
        assert publish(target="out/spec") == 0
        assert published(s3) == before


@pytest.mark.parametrize("built", [False, True])
def test_that_a_spec_is_meant_for_another_region_is_told(
    built: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for meant in ("us-east-1", REGION):
        (tmp_path / "spec.yaml").write_text(f"{SPEC}region: {meant}\n", "utf-8")
        assert main(["build", "spec.yaml", "--no-validate", "-q"]) == 0
        assert publish(target="out/spec" if built else "spec.yaml") == 0
        said = f"warning[LS704]: The spec is meant for the region `us-east-1`, and this goes to `{REGION}`."
        assert (said in capsys.readouterr().err) is (meant != REGION)


def test_what_is_there_is_not_sent_again_and_never_replaced(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish() == 0
    first = published(s3)
    assert publish() == 0
    assert "0 files sent, 3 there already" in capsys.readouterr().out
    Path("spec.yaml").write_text(SPEC.replace("10.0.4.0/24", "10.0.5.0/24"), "utf-8")
    assert publish() == 0
    assert "2 files sent, 1 there already" in capsys.readouterr().out
    assert first.items() <= published(s3).items()
    key = next(key for key in first if key.endswith("security.yaml"))
    for other in ("other", first[key].replace("22", "23")):
        s3.put_object(Bucket=BUCKET, Key=key, Body=other.encode(), ChecksumAlgorithm="SHA256")
        assert publish() == 1
        assert f"s3://{BUCKET}/{key} is there, and is not what is to be published." in capsys.readouterr().err
        assert published(s3)[key] == other


def test_a_root_that_is_there_leads_to_nothing_that_is_not(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        if operation == "PutObject" and asked["Key"].endswith("security.yaml"):
            raise KeyboardInterrupt
        return call(client, operation, asked)

    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    monkeypatch.setattr(BaseClient, "_make_api_call", send)
    assert publish() == 130
    assert not [key for key in published(s3) if key.endswith("root.yaml")]
    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    assert publish() == 0
    assert root_of(published(s3))["Resources"]


@pytest.mark.parametrize(
    ("operation", "code", "done"),
    [
        ("CreateBucket", "BucketAlreadyOwnedByYou", True),  # the answer was lost, and boto3 asked again
        ("PutObject", "PreconditionFailed", True),
        ("PutObject", "ConditionalRequestConflict", False),  # another writes the same at this moment
    ],
)
def test_what_conflicts_with_itself_goes_on(
    operation: str, code: str, done: bool, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    conflicts: list[str] = []

    def conflicting(client: Any, name: str, asked: dict[str, Any]) -> Any:
        if name == operation and not conflicts:
            conflicts.append(name)
            if done:
                call(client, name, asked)
            raise ClientError({"Error": {"Code": code}}, name)
        return call(client, name, asked)

    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    monkeypatch.setattr(BaseClient, "_make_api_call", conflicting)
    assert main(["publish", "spec.yaml", "--no-validate", "--bucket", "new-one", "--create-bucket"]) == 0
    assert conflicts
    assert len(published(s3, "new-one")) == 3


def test_what_was_written_meanwhile_is_looked_at(
    s3: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def overtaken(client: Any, name: str, asked: dict[str, Any]) -> Any:
        if name == "PutObject" and "IfNoneMatch" in asked:
            s3.put_object(Bucket=BUCKET, Key=asked["Key"], Body=b"other")
        return call(client, name, asked)

    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    monkeypatch.setattr(BaseClient, "_make_api_call", overtaken)
    assert publish() == 1
    assert "is there, and is not what is to be published." in capsys.readouterr().err


def test_the_link_is_filled_in_and_tells_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    values = ["--parameter", "AdminCidr=203.0.113.7/32", "--parameter", "Token=hunter2hunter2"]
    assert publish("--stack", "my-lab", *values) == 0
    said = capsys.readouterr()
    link = said.out.rpartition("Create the stack: ")[2].partition("\n")[0]
    page, _, query = link.partition("#/stacks/create/review?")
    assert page == f"https://console.aws.amazon.com/cloudformation/home?region={REGION}"
    asked = dict(parse_qsl(query))
    assert asked.pop("templateURL").startswith(f"{HOST}labspec/")
    assert asked == {"stackName": "my-lab", "param_AdminCidr": "203.0.113.7/32"}
    assert "hunter2" not in said.out + said.err
    assert "enter `Token` there." in said.out


def test_a_parameter_that_there_is_not_is_told_before_anything_is_sent(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish("--parameter", "AdminCird=203.0.113.7/32") == 1
    assert "The stack has no parameter `AdminCird`." in (said := capsys.readouterr().err)
    assert "Did you mean `AdminCidr`?" in said
    assert published(s3) == {}


@pytest.mark.parametrize("layout", ["nested", "flat"])
def test_what_stacks_fetch_is_there_before_them_and_is_not_asked_for(layout: str, s3: Any, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("hello", "utf-8")
    (tmp_path / "spec.yaml").write_text(f"{SPEC}websites: {{docs: {{content: site}}}}\n", "utf-8")
    assert publish("--layout", layout, "--prefix", "lab/one") == 0
    there = published(s3)
    (archive,) = (key for key in there if key.endswith(".zip"))
    assert archive.startswith("lab/one/docs-")
    (root,) = (read(text, key).data for key, text in there.items() if key.endswith(("/root.yaml", "/flat.yaml")))
    assert set(root["Parameters"]) == {"AdminCidr", "Token"}
    told = json.dumps(root["Resources"])
    assert f'"{BUCKET}"' in told
    assert '"lab/one"' in told
    if layout == "nested":
        assert main(["build", "spec.yaml", "--no-validate", "-q"]) == 0
        assert publish("--prefix", "/lab/one/", target="out/spec") == 0
        assert published(s3) == there


@pytest.mark.parametrize("prefix", ["", "/", "a//b", "a b"])
def test_a_prefix_is_a_folder(prefix: str, s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        publish("--prefix", prefix)
    assert "is no folder" in capsys.readouterr().err
    assert published(s3) == {}


def test_a_flat_build_is_its_own_root(s3: Any) -> None:
    assert publish("--layout", "flat", "--format", "json") == 0
    ((key, text),) = published(s3).items()
    assert key.endswith("/flat.json")
    assert set(json.loads(text)["Parameters"]) == {"AdminCidr", "Token"}


def test_nothing_is_published_of_a_spec_or_a_directory_that_is_wrong(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "spec.yaml", "--no-validate", "-q"]) == 0
    Path("spec.yaml").write_text(SPEC.replace("cidr:", "cird:"), "utf-8")
    assert publish() == 1
    Path("out/spec/security.yaml").write_text("Resources: {}\n", "utf-8")
    assert publish(target="out/spec") == 1
    assert "`out/spec/security.yaml` is not what was built." in capsys.readouterr().err
    assert publish(target=".") == 1
    assert published(s3) == {}


# ------------------------------------------------------------------ the bucket


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["publish", "spec.yaml", "--no-validate", *arguments]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error[LS701]: ")
    return said


def test_a_bucket_that_is_not_there_is_made_where_that_is_asked_for(
    s3: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "There is no bucket `new-one`." in refused(capsys, "--bucket", "new-one")
    assert main(["publish", "spec.yaml", "--no-validate", "--bucket", "new-one", "--create-bucket"]) == 0
    assert len(published(s3, "new-one")) == 3
    closed = s3.get_public_access_block(Bucket="new-one")["PublicAccessBlockConfiguration"]
    assert closed == dict.fromkeys(closed, True)


@pytest.mark.parametrize("name", ["My_Bucket", "ab", "-ab-", "a" * 64, "s3://templates"])
def test_a_name_that_no_bucket_can_have_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"`{name}` is no name for a bucket." in refused(capsys, f"--bucket={name}")


def test_a_bucket_elsewhere_is_refused(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "--bucket", BUCKET, "--region", "eu-west-1")
    assert f"The bucket `{BUCKET}` is in {REGION}, not in eu-west-1." in said
    assert published(s3) == {}


@pytest.mark.parametrize("way", ["policy", "grant"])
def test_a_bucket_that_is_open_to_the_public_is_refused(way: str, s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    if way == "grant":
        s3.put_bucket_acl(Bucket=BUCKET, ACL="public-read")
    else:
        allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
    assert "is open to the public" in refused(capsys, "--bucket", BUCKET)
    assert published(s3) == {}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ExpiredToken", "The credentials have expired."),
        ("InvalidAccessKeyId", "AWS does not know these credentials."),
        ("AccessDenied", "These credentials may not call PutObject."),
        ("SlowDown", "AWS is asked too often."),
        ("Strange", "AWS refused PutObject: It is strange."),
    ],
)
def test_what_aws_refuses_is_told_plainly(
    code: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def send(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        if operation == "PutObject":
            raise ClientError({"Error": {"Code": code, "Message": "It is strange."}}, operation)
        return call(client, operation, asked)

    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    monkeypatch.setattr(BaseClient, "_make_api_call", send)
    assert said in refused(capsys, "--bucket", BUCKET)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What is asked of S3 from here on; it is as a HEAD is answered to who may not list the bucket."""
    asked_ = []

    def send(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        asked_.append((operation, asked))
        try:
            return call(client, operation, asked)
        except ClientError as error:
            if operation == "HeadObject" and error.response["Error"]["Code"] == "404":
                raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, operation) from error
            raise

    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    monkeypatch.setattr(BaseClient, "_make_api_call", send)
    return asked_


def test_who_may_not_list_the_bucket_can_publish(s3: Any, calls: Any) -> None:
    assert publish() == 0
    assert len(published(s3)) == 3
    assert publish() == 0


def test_what_is_there_and_may_not_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def send(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        codes = {"HeadObject": "403", "PutObject": "PreconditionFailed"}
        if operation in codes:
            raise ClientError({"Error": {"Code": codes[operation], "Message": ""}}, operation)
        return call(client, operation, asked)

    call = BaseClient._make_api_call  # type: ignore[attr-defined]
    monkeypatch.setattr(BaseClient, "_make_api_call", send)
    said = refused(capsys, "--bucket", BUCKET)
    assert "is there, and these credentials may not read it." in said
    assert "s3:GetObject" in said


def test_templates_go_to_a_bucket_of_the_own_account_or_of_a_named_one(calls: Any) -> None:
    """Who has a bucket of that name, and lets everybody write, would decide what CloudFormation makes."""
    for number, more in (("123456789012", []), ("111122223333", ["--bucket-owner", "111122223333"])):
        calls.clear()
        assert publish(*more) == 0  # moto does not look at it
        said = {asked.get("ExpectedBucketOwner") for name, asked in calls if name != "GetCallerIdentity"}
        assert said == {number}


def test_of_a_stack_that_the_console_makes_it_is_said_what_labspec_does_not_know(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert publish() == 0
    assert "`labspec destroy` then takes `--any`" in capsys.readouterr().out


def test_without_a_profile_credentials_or_a_region_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "The config profile (nobody) could not be found." in refused(
        capsys, "--bucket", BUCKET, "--profile", "nobody"
    )
    for region in ("Ireland", "us-east-1a", "-", "a b"):
        said = refused(capsys, "--bucket", BUCKET, f"--region={region}")
        assert f"There is no region `{region}`." in said
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_REGION", REGION)
    assert publish() == 0
    monkeypatch.delenv("AWS_REGION")
    capsys.readouterr()
    assert "No region is chosen." in refused(capsys, "--bucket", BUCKET)


def test_without_boto3_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert publish() == 2
    assert "pip install '.[aws]'" in capsys.readouterr().err


# ------------------------------------------------------------------ keys

FILES = HEAD + "websites: {docs: {content: site}}\n"


@pytest.mark.parametrize(
    ("default", "policy", "spec", "refused"),
    [
        ({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "KEY"}, None, FILES, True),
        ({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "KEY"}, None, SPEC, False),
        ({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "KEY"}, {"AWS": "*"}, FILES, False),
        ({"SSEAlgorithm": "aws:kms"}, None, FILES, False),
        ({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:aws:kms:x:111122223333:alias/aws/s3"}, None, FILES, False),
        ({"SSEAlgorithm": "AES256"}, None, FILES, False),
    ],
)
def test_files_do_not_lie_where_machines_and_functions_may_not_decrypt_them(
    s3: Any, tmp_path: Path, default: dict[str, str], policy: Any, spec: str, refused: bool
) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("Hello", "utf-8")
    (tmp_path / "spec.yaml").write_text(spec, "utf-8")
    kms = boto3.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    if policy:
        said = [{"Effect": "Allow", "Principal": policy, "Action": "kms:Decrypt", "Resource": "*"}]
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps({"Statement": said}))
    rule = {name: value.replace("KEY", key) for name, value in default.items()}
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]}
    s3.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration=encryption)
    assert publish() == int(refused)
    assert bool(published(s3)) is not refused
