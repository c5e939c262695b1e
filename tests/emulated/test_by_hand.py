"""What a build is, and what `labspec build` says of it, is enough for the AWS CLI: no stack needs labspec to stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest

from labspec.cli import main
from labspec.compiler import Options, compile_spec
from tests.emulated.account import BUCKET, ROOT, Stacks, standing
from tests.emulated.test_deployed import expected

IAM = "--capabilities CAPABILITY_IAM"
"""What the console asks to tick."""
ADMIN = "AdminCidr=203.0.113.7/32"
FORMS = {
    "nested": ["specs/full.yaml"],
    "relative": ["specs/02-lamp.yaml", "--template-urls", "relative"],
    "flat": ["specs/02-lamp.yaml", "--layout", "flat"],
}
"""What is built in each form. The AWS CLI looks every half a minute: the lab itself would keep it for another round."""


def shell(command: str, folder: Path) -> str:
    """What a command prints; `aws` is that of the environment that the tests run in."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    told = os.environ | {"PATH": path}
    done = subprocess.run(command, shell=True, cwd=folder, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def one(pattern: str, said: str) -> str:
    """The one thing of a pattern that a text says, with a bucket's name filled in."""
    (found,) = re.findall(pattern, said)
    return str(found).replace("BUCKET", BUCKET)


def by_copy(said: str, folder: Path) -> None:
    """Copied to a bucket, the root uploaded in the console, as the README tells."""
    for copy in re.findall(r"aws s3 cp .*", said):
        shell(copy.replace("BUCKET", BUCKET), folder)
    root, bucket = (one(pattern, said) for pattern in (r"Create stack with (\S+);", r"(TemplateBucket is \S+)\."))
    values = [pair.split("=") for pair in (ADMIN, bucket.replace(" is ", "="))]
    given = " ".join(f"ParameterKey={key},ParameterValue={value}" for key, value in values)
    create = f"aws cloudformation create-stack --stack-name nested --template-body file://{root}"
    shell(f"{create} --parameters {given} {IAM}", folder)


def by_package(said: str, folder: Path) -> None:
    """Packaged and deployed by the AWS CLI, which says itself how to go on."""
    told = shell(one(r"(aws cloudformation package .*)", said), folder)
    deploy = one(r"(aws cloudformation deploy .*)", told).replace("<YOUR STACK NAME>", "relative")
    shell(f"{deploy} {IAM} --parameter-overrides {ADMIN}", folder)


def by_upload(said: str, folder: Path) -> None:
    """One file, uploaded; so large, the AWS CLI needs a bucket for it."""
    file = one(r"upload (\S+) in the CloudFormation console", said)
    bucket = one(r"needs a bucket \(deploy (--s3-bucket)\)", said)
    deploy = f"aws cloudformation deploy --stack-name flat --template-file {file} {bucket} {BUCKET}"
    shell(f"{deploy} {IAM} --parameter-overrides {ADMIN}", folder)


WAYS: dict[str, Callable[[str, Path], None]] = {"nested": by_copy, "relative": by_package, "flat": by_upload}


def test_the_aws_cli_deploys_what_was_built_by_what_build_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    said, before, stacks = {}, standing(), Stacks()
    for form, asked in FORMS.items():
        assert main(["build", *asked, "--no-validate", "--out", str(tmp_path / form)]) == 0
        said[form] = capsys.readouterr().out
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda form: WAYS[form](said[form], tmp_path), WAYS))
    assert {form: stacks.end(form) for form in WAYS} == dict.fromkeys(WAYS, "CREATE_COMPLETE")
    wanted = (expected(compile_spec(spec, Options())) for spec, *_ in FORMS.values())
    assert standing() - before == sum(wanted, Counter())
    for form in WAYS:
        identity = stacks.client.describe_stacks(StackName=form)["Stacks"][0]["StackId"]
        shell(f"aws cloudformation delete-stack --stack-name {form}", tmp_path)
        assert stacks.end(identity) == "DELETE_COMPLETE", stacks.failures(identity)
    assert standing() == before
