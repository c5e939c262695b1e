"""Performance of file systems: modes that exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.diagnostic import Diagnostic, Rule
from labspec.model.architecture import Architecture
from labspec.model.storage import FileSystem

MAX_IO = Rule(
    "LS307",
    "max-io-throughput",
    "A file system is to have elastic throughput and max I/O performance.",
    "EFS has no elastic throughput in max I/O mode (`CreateFileSystem`, Amazon EFS), and `throughput` is elastic unless"
    " said. AWS recommends general-purpose performance for all.",
    "file_systems:\n  shared: {performance: max-io, ...}",
    "file_systems:\n  shared: {performance: max-io, throughput: bursting, ...}",
)


def check_throughput(architecture: Architecture) -> Iterator[Diagnostic]:
    """File systems whose two modes do not go together."""
    for member in architecture.of("file_systems"):
        body = member.body
        assert isinstance(body, FileSystem)
        if body.existing is None and (body.performance, body.throughput) == ("max-io", "elastic"):
            message = f"`{member.name}` cannot have elastic throughput with max I/O performance."
            help_ = "Say `throughput: bursting`, or leave `performance` out."
            yield Diagnostic(MAX_IO, message, (*member.path, "performance"), help=help_)
