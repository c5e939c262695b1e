"""Root disks of machines: those that their images let them have."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.model.architecture import Architecture, Member
from labspec.model.compute import Machine, Storage
from labspec.model.machine_images import (
    AMAZON_LINUX_2023,
    is_made_of_itself,
    machines_before,
    public_image,
    root_device,
)

UNKNOWN_DEVICE = Rule(
    "LS369",
    "unknown-root-device",
    "Nothing is known of the root disk of a machine's image.",
    "A disk is described by the device that the image calls its root; another one would be a second disk, and the root"
    " would stay as the image has it, encrypted or not (`Block device mappings for volumes on Amazon EC2 instances`).",
    "instances: {web: {image: ami-0123456789abcdef0, ...}}",
    "instances: {web: {image: ami-0123456789abcdef0, storage: {device: /dev/sda1}, ...}}",
    Severity.WARNING,
)
REFUSED_DISK = Rule(
    "LS396",
    "machine-disk",
    "A disk that a machine cannot have.",
    "A disk that is made of a snapshot has at least its size, and is encrypted if the snapshot is (`EbsBlockDevice`,"
    " Amazon EC2 API Reference). EC2 refuses to start the machine otherwise.",
    "instances: {web: {storage: 4GiB, ...}}      # Amazon Linux 2023 has 8 GiB",
    "instances: {web: {storage: 20GiB, ...}}",
)
LARGEST = {"gp2": 16_384, "gp3": 65_536}
"""GiB (`Amazon EBS volume types`). Older pages say 16,384 of gp3, too; which holds where could not be confirmed."""
AMAZON_LINUX_SIZE = 8


def check_machine_disks(architecture: Architecture) -> Iterator[Diagnostic]:
    """The disk of every machine against its kind's bounds and its image's disk."""
    for machine in (*architecture.of("instances"), *architecture.of("launch_templates")):
        body = machine.body
        assert isinstance(body, Machine)
        path: Path = (*machine.path, "storage")
        if is_made_of_itself(architecture, machine):
            continue  # another rule tells of the circle
        if root_device(architecture, machine) is None:
            yield _unknown(machine, body, path)
            continue
        yield from _size(architecture, machine, body, path)
        source = next((each for each in _sources(architecture, machine) if _storage(each).encrypted), None)
        if source is not None and not body.storage.encrypted:
            label = Label(f"The disk of `{source.name}` is encrypted.", source.path, "key")
            message = f"The disk of `{machine.name}` is a copy of an encrypted one, and is encrypted."
            yield Diagnostic(REFUSED_DISK, message, (*path, "encrypted"), related=(label,), help="Remove the line.")


def _unknown(machine: Member, body: Machine, path: Path) -> Diagnostic:
    said = sorted(body.storage.model_fields_set)
    help_ = "Say `storage: {device: /dev/sda1}`, as `aws ec2 describe-images` tells its `RootDeviceName`."
    if said:
        message = f"Which device of its image is the root disk of `{machine.name}` is not known, so this means nothing."
        return Diagnostic(UNKNOWN_DEVICE, message, path, help=help_, severity=Severity.ERROR)
    message = f"The root disk of `{machine.name}` stays as its image has it, encrypted or not."
    return Diagnostic(UNKNOWN_DEVICE, message, (*machine.path, "image"), help=help_)


def _size(architecture: Architecture, machine: Member, body: Machine, path: Path) -> Iterator[Diagnostic]:
    size, place = body.storage.size, (*path, "size")
    if size is None:
        return
    largest = LARGEST[body.storage.type]
    if size > largest:
        message = (
            f"The disk of `{machine.name}` has {size:,} GiB; one of type {body.storage.type} has {largest:,} at most."
        )
        yield Diagnostic(REFUSED_DISK, message, place)
        return
    for source in _sources(architecture, machine):
        if (least := _storage(source).size) is not None and size < least:
            label = Label(f"The disk of `{source.name}` has {least:,} GiB.", (*source.path, "storage"))
            message = f"The disk of `{machine.name}` is a copy of a larger one: {size:,} GiB are not enough."
            yield Diagnostic(REFUSED_DISK, message, place, related=(label,), help="Leave the size out, or raise it.")
            return
    if size < AMAZON_LINUX_SIZE and AMAZON_LINUX_2023.search(public_image(architecture, machine)):
        message = f"Amazon Linux 2023 has a disk of {AMAZON_LINUX_SIZE} GiB, and `{machine.name}` is to have {size}."
        yield Diagnostic(REFUSED_DISK, message, place, help="Leave the size out, or raise it.")


def _sources(architecture: Architecture, machine: Member) -> list[Member]:
    """The machines that a machine's image was made of."""
    return machines_before(architecture, machine)[1:]


def _storage(machine: Member) -> Storage:
    assert isinstance(machine.body, Machine)
    return machine.body.storage
