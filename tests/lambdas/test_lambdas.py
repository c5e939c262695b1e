import importlib.resources
import json
import re

from labspec.lambdas import IMAGE_MAKER, SERVICE_TIMEOUT
from labspec.lambdas.inline import source_of
from tests.lambdas.account import Account


def test_every_call_of_the_image_maker_is_granted() -> None:
    source = source_of(IMAGE_MAKER.module)
    methods = re.findall(r"\bec2\.([a-z_]+)", source)
    calls = {"ec2:" + "".join(word.capitalize() for word in method.split("_")) for method in methods}
    granted = {action for grant in IMAGE_MAKER.grants for action in grant.actions}
    assert granted == calls | {"lambda:InvokeFunction", "logs:CreateLogStream", "logs:PutLogEvents"}


def test_what_changes_things_is_held_to_its_own() -> None:
    open_to_all = {action for grant in IMAGE_MAKER.grants if "*" in grant.resources for action in grant.actions}
    assert open_to_all == {"ec2:DescribeImages", "ec2:DescribeSnapshots"}
    free = {action for grant in IMAGE_MAKER.grants if not (grant.equals or grant.like) for action in grant.actions}
    assert {action for action in free if action.startswith("ec2:")} == open_to_all


def test_the_grants_are_tied_to_the_tag_that_the_function_writes(account: Account) -> None:
    keys = {key.partition("/")[2] for grant in IMAGE_MAKER.grants for key, _ in grant.equals} - {""}
    assert keys == {account.module["MAKER_TAG"]}


def test_the_function_and_the_template_wait_equally_long(account: Account) -> None:
    assert account.module["SERVICE_TIMEOUT"] == SERVICE_TIMEOUT
    assert IMAGE_MAKER.timeout == account.seconds


def test_the_handler_is_where_cloudformation_puts_inline_code(account: Account) -> None:
    file, _, name = IMAGE_MAKER.handler.partition(".")
    assert file == "index"
    assert callable(account.module[name])


def test_the_runtime_is_one_that_no_known_runtime_succeeds() -> None:
    table = importlib.resources.files("cfnlint.data.AdditionalSpecs").joinpath("LmbdRuntimeLifecycle.json")
    assert json.loads(table.read_text(encoding="utf-8"))[IMAGE_MAKER.runtime]["successor"] is None
