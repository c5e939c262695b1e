"""Instance types that the image, or a field, does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from labspec import schema
from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Machine, PublicImage
from labspec.model.machine_images import architecture_of, architecture_of_type, machines_before, public_image
from labspec.model.word import Parameter

OTHER_TYPE = Rule(
    "LS397",
    "type-does-not-fit",
    "An instance type for which the image, or a field, is not made.",
    "An image is for one architecture, and EC2 starts it on no other; CPU credits are of burstable types only"
    " (`Amazon EC2 instance types`). A public alias follows the type that is written; of a type that is a parameter it"
    " takes the image for x86_64.",
    "images: {golden: {from: web}}      # web is a t3.micro\ninstances: {copy: {image: golden, type: t4g.micro, ...}}",
    "images: {golden: {from: web}}\ninstances: {copy: {image: golden, type: t3.small, ...}}",
)
ARCHITECTURES = {"arm64": "arm64|aarch64", "x86_64": "x86_64|x86-64|amd64"}
BURSTABLE = re.compile(r"t[0-9]+[a-z]*\.")


def check_machine_types(architecture: Architecture) -> Iterator[Diagnostic]:
    """Each type that a machine can have."""
    for machine in (*architecture.of("instances"), *architecture.of("launch_templates")):
        body = machine.body
        assert isinstance(body, Machine)
        made_for = _made_for(architecture, machine)
        for word, path in _types(architecture, machine, body):
            if not schema.has_instance_type(word):
                continue  # another rule tells what is no type at all
            if made_for and architecture_of_type(word) != made_for:
                label = Label(f"The image is for {made_for}.", (*machine.path, "image"))
                message = f"`{word}` is of {architecture_of_type(word)}, and the image of `{machine.name}` is not."
                yield Diagnostic(OTHER_TYPE, message, path, related=(label,), help=f"Take a type of {made_for}.")
            elif body.credits and not BURSTABLE.match(word):
                message = f"`{word}` has no CPU credits; `{machine.name}` says which."
                yield Diagnostic(OTHER_TYPE, message, (*machine.path, "credits"), help="Remove the line.")


def _types(architecture: Architecture, machine: Member, body: Machine) -> Iterator[tuple[str, Path]]:
    """The types that are written for a machine, and where."""
    if not isinstance(body.type, Parameter):
        yield body.type, (*machine.path, "type")
        return
    declared = architecture.spec.parameters[body.type.name]
    path: Path = ("parameters", body.type.name)
    if declared.allowed:
        yield from ((word, (*path, "allowed", index)) for index, word in enumerate(declared.allowed))
    elif declared.default:
        yield declared.default, (*path, "default")


def _made_for(architecture: Architecture, machine: Member) -> str:
    """The architecture of a machine's image; empty where it is not known, or follows the type."""
    body, before = machine.body, machines_before(architecture, machine)
    assert isinstance(body, Machine)
    first = before[-1].body
    assert isinstance(first, Machine)
    if isinstance(first.image, PublicImage) and "{arch}" in first.image.parameter:
        follows = len(before) == 1 and not isinstance(body.type, Parameter)
        return "" if follows else architecture_of(first)
    path = public_image(architecture, machine)
    return next((name for name, words in ARCHITECTURES.items() if re.search(words, path)), "")
