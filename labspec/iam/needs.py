"""All that deploying a set of stacks takes."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.iam.authority import Authority
from labspec.iam.boundaries import bounded
from labspec.iam.commands import command_needs, template_urls
from labspec.iam.gaps import gaps, is_custom
from labspec.iam.handlers import Stated, stated
from labspec.iam.names import NAMED, known_names, nested
from labspec.iam.need import Condition, Need, Needs, Setting
from labspec.iam.tags import tagged
from labspec.template import Joined, Resource
from labspec.template.intrinsics import call

STACK = "AWS::CloudFormation::Stack"
NO_CALLS = frozenset(("AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle"))
"""Types that CloudFormation makes by itself."""
NESTED = (
    *("cloudformation:CreateStack", "cloudformation:UpdateStack", "cloudformation:DeleteStack"),
    *("cloudformation:DescribeStacks", "cloudformation:GetStackPolicy", "cloudformation:GetTemplate"),
)
"""What a nested stack takes, by the schema of its type; what stands there for stacks of their own is left out."""


def needs(joined: Joined, known: Authority, setting: Setting) -> Needs:
    """What these stacks need: of each resource, of nested stacks, and of the commands that are to work."""
    there = [each for each in joined.resources.values() if each.condition is not False]
    told = {each.address: stated(joined, each, known, setting.stack) for each in there}
    found = [
        *(need for each in told.values() for need in each.needs),
        *gaps(joined, setting),
        *_nested(joined, setting),
        *command_needs(joined, setting),
    ]
    unknown = tuple(each.address for each in there if not _is_known(each, told[each.address]))
    strange = sorted({action for each in told.values() for action in each.strange})
    limited = tagged(joined, bounded(joined, found, setting.stack), known, setting.tag)
    return Needs(tuple(limited), unknown, tuple(strange), tuple(_wide(joined, there)))


def _is_known(resource: Resource, told: Stated) -> bool:
    if resource.type == STACK:
        return False  # one whose template is not at hand
    return told.is_known or is_custom(resource) or resource.type in NO_CALLS


def _nested(joined: Joined, setting: Setting) -> Iterator[Need]:
    arn = f"arn:${{Partition}}:cloudformation:${{Region}}:${{Account}}:stack/{nested(setting.stack)}/*"
    urls: Condition = ()
    if setting.bucket:
        urls = (("StringLike", "cloudformation:TemplateUrl", template_urls(setting)),)
    for address, stack in joined.stacks.items():
        if stack.condition is not False:
            for action in NESTED:
                makes = action.endswith(("CreateStack", "UpdateStack"))
                yield Need(action, (arn,), address, "nest", urls if makes else ())


def _wide(joined: Joined, there: list[Resource]) -> Iterator[tuple[str, str]]:
    """Where a name is a value that is not known, so that any is allowed, even if the stack's name is known."""
    for resource in there:
        for owned in NAMED.get(resource.type, ()):
            given = call(resource.properties.get(owned.property))[0]
            if not owned.of and given and "*" in known_names(joined, resource, owned, "a"):
                yield resource.address, owned.property
                break
