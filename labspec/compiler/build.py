"""A build: what the command line decides about it, and all that came of one spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from labspec.diagnostic import Diagnostic, Fix, Path, has_errors
from labspec.graph import Graph, Stack
from labspec.layout import Form, Urls
from labspec.model.spec import Spec
from labspec.policy import Policy
from labspec.source import Source

Linter = Callable[[Mapping[str, str], Callable[[str, Path], Path], str | None], list[Diagnostic]]
"""Templates with relative addresses, the origin of each place in them, the region: to findings."""


class Linters(NamedTuple):
    """The linters that are asked, by name, and how."""

    names: frozenset[str]
    ask: Linter


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line decides about a build."""

    layout: Form = "nested"
    urls: Urls = "parameters"
    format: str = "yaml"
    settings: Mapping[str, str] = field(default_factory=dict)
    overlays: Sequence[str] = ()
    has_bucket: bool = True
    """Whether files lie in a bucket beside the templates: a flat template that is uploaded by itself has none."""
    drafts: Mapping[str, bytes] = field(default_factory=dict)
    """What to read in place of documents, by their real paths."""


@dataclass(slots=True)
class Build:
    """What came of one spec. `files` is empty where there are errors; what the spec accepts is apart, in `silenced`."""

    file: str
    options: Options
    source: Source | None = None
    spec: Spec | None = None
    policy: Policy | None = None
    variables: frozenset[str] = frozenset()
    """The variables that are filled into mentioned files."""
    stacks: tuple[Stack, ...] = ()
    graph: Graph | None = None
    files: dict[str, str] = field(default_factory=dict)
    """The templates and the manifest, by name."""
    digest: str = ""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    silenced: list[Diagnostic] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    wishes: dict[Fix, set[Path]] = field(default_factory=dict)
    """Each safe fix with the paths that ask for it."""

    @property
    def assets(self) -> Mapping[str, bytes]:
        """The files that the stacks fetch, by name."""
        return self.graph.assets if self.graph and self.files else {}

    @property
    def written(self) -> dict[str, bytes]:
        """All that is to be written."""
        return {**self.assets, **{name: text.encode() for name, text in self.files.items()}}

    @property
    def failed(self) -> bool:
        """Whether an error stopped it."""
        return has_errors(self.diagnostics)
