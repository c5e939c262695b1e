"""Systems of machines that are still looked after, and that know what a machine is set up with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec.check.own_bodies import own_bodies
from labspec.check.texts import texts
from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import ImageMade, Machine, PublicImage
from labspec.model.machine_images import AMAZON_LINUX_2, AMAZON_LINUX_2023, OTHER_SYSTEM, public_image

PAST_SUPPORT = Rule(
    "LS317",
    "image-past-support",
    "A machine starts from a system that is looked after no more.",
    "Amazon Linux 2 had its last updates on 2026-06-30 (`Amazon Linux 2 FAQs`), the Amazon Linux AMI before it on"
    " 2023-12-31: holes that are found from then on stay open. Amazon Linux 2023 is looked after until 2029-06-30.",
    "instances: {web: {image: amazon-linux-2, ...}}",
    "instances: {web: {image: amazon-linux-2023, ...}}",
    Severity.WARNING,
)
OTHER_TOOLS = Rule(
    "LS362",
    "setup-of-other-system",
    "A machine is set up with a program that its system does not have.",
    "Packages, and the client that `mounts` need, are installed with dnf, which Amazon Linux 2 does not come with. The"
    " other way round, `amazon-linux-extras` and its PHP 7.2 are gone in Amazon Linux 2023 (`Package management tool`,"
    " Amazon Linux 2023 User Guide). The first command that fails fails the machine, and the stack rolls back.",
    "setup: {commands: [amazon-linux-extras install -y php7.2]}",
    "setup: {packages: [php-fpm, php-mysqli]}",
)
ENDS = (
    (AMAZON_LINUX_2, "Amazon Linux 2 had its last updates on 2026-06-30"),
    (re.compile(r"/amzn-ami-[^/]*\Z"), "The Amazon Linux AMI had its last updates on 2023-12-31"),
)
TAKE = "Take `amazon-linux-2023`."
EXTRAS = re.compile(r"\s*(?:sudo\s+)?(?:yum|dnf|amazon-linux-extras)\b[^\n|]*\Z")
"""A command that does nothing else than install, and fails where it cannot."""


def check_image_support(architecture: Architecture) -> Iterator[Diagnostic]:
    """Images that machines start from, and what is then done with their systems."""
    for member in (*architecture.of("instances"), *architecture.of("launch_templates")):
        assert isinstance(member.body, Machine)
        if isinstance(member.body.image, PublicImage):
            yield from _ended(member.body.image.parameter, member.name, (*member.path, "image"))
        yield from _tools(member, public_image(architecture, member))
    for member in architecture.of("images"):
        assert isinstance(member.body, ImageMade)
        yield from _ended(member.body.public or "", member.name, (*member.path, "public"))
    for own in own_bodies(architecture):
        for said in texts(own.properties, own.path):
            if path := re.search(r"ssm:(/aws/service/[\w/.-]+)", said.text):
                yield from _ended(path[1], own.name, said.path)


def _ended(parameter: str, name: str, path: Path) -> Iterator[Diagnostic]:
    for system, said in ENDS:
        if system.search(parameter):
            message = f"{said}: what is found in `{name}` since then stays open."
            yield Diagnostic(PAST_SUPPORT, message, path, help=TAKE)


def _tools(member: Member, image: str) -> Iterator[Diagnostic]:
    """What a machine is set up with that its system lacks."""
    body = member.body
    assert isinstance(body, Machine)
    setup = (*member.path, "setup")
    label = Label(f"`{member.name}` starts from this.", (*member.path, "image"))
    if OTHER_SYSTEM.match(image):
        for field in ("setup", "mounts", "secrets"):
            if getattr(body, field):
                message = f"This is done by a script for Amazon Linux, and `{member.name}` has another system."
                help_ = "Take `amazon-linux-2023`, or write a `user_data` of your own."
                yield Diagnostic(OTHER_TOOLS, message, (*member.path, field), "key", related=(label,), help=help_)
                return
    if AMAZON_LINUX_2.search(image):
        for path in [(*setup, "packages")] if body.setup and body.setup.packages else []:
            message = f"Packages of `{member.name}` are installed with dnf, which Amazon Linux 2 does not have."
            yield Diagnostic(OTHER_TOOLS, message, path, "key", related=(label,), help=TAKE)
        for path in [(*member.path, "mounts")] if body.mounts else []:
            message = f"The mounts of `{member.name}` need dnf, which Amazon Linux 2 does not have."
            yield Diagnostic(OTHER_TOOLS, message, path, "key", related=(label,), help=TAKE)
    elif AMAZON_LINUX_2023.search(image) and body.setup:
        for said in texts(body.setup.commands, (*setup, "commands")):
            found = re.search(r"\bamazon-linux-extras\b", said.text)
            if found and EXTRAS.match(said.text):
                message = "Amazon Linux 2023 has no `amazon-linux-extras`: this command fails, and the machine with it."
                help_ = "Name the packages under `packages`, such as `php-fpm` and `php-mysqli`."
                yield Diagnostic(OTHER_TOOLS, message, said.path, chars=said.typed(found.span()), help=help_)
