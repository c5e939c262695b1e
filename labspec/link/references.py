"""Names and parameters: what each of them means, if it means one thing of the kind that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from labspec.diagnostic import Diagnostic, Label, Path, Rule
from labspec.link.declared import Declared
from labspec.link.parameters import misfit
from labspec.link.unknown import UNKNOWN_NAME, UNKNOWN_PARAMETER, Unknown
from labspec.model.word import Name, Parameter
from labspec.wording import noun

AMBIGUOUS = Rule(
    "LS203",
    "ambiguous-name",
    "A bare name that several members have.",
    "Names are unique within a section only. Where a field takes several kinds, `section.name` says which is meant;"
    " where it takes one member, a zoned subnet's bare name means too many.",
    "from: web       # a load balancer and a group",
    "from: load_balancers.web",
)


@dataclass(frozen=True, slots=True)
class References:
    """What typed fields can name."""

    declared: Declared

    def name(self, path: Path, name: Name) -> Iterator[Diagnostic | Unknown]:
        """What is wrong with a name."""
        meant = self.declared.architecture.meant(name)
        section, _, bare = name.text.rpartition(".")
        sections = (section,) if section else name.sections
        if self.declared.is_poisoned(bare, *sections) or len({m.section for m in meant}) == 1 == len(meant):
            return
        if not meant:
            yield self._unknown(path, name)
        elif len({member.section for member in meant}) > 1:
            choices = " or ".join(f"`{member.selector}`" for member in meant)
            labels = tuple(Label(f"`{m.selector}` is declared here.", m.path, "key") for m in meant)
            yield Diagnostic(
                AMBIGUOUS, f"`{bare}` can mean several members.", path, related=labels, help=f"Write {choices}."
            )
        elif not isinstance(path[-1], int):
            choices = " or ".join(f"`{member.name}`" for member in meant)
            message = f"`{bare}` means one {noun(meant[0].section)} per zone; one is needed."
            yield Diagnostic(AMBIGUOUS, message, path, help=f"Write {choices}.")

    def _unknown(self, path: Path, name: Name) -> Unknown:
        section, dot, bare = name.text.rpartition(".")
        sections = (section,) if section else name.sections
        called = self.declared.architecture.called(bare)
        other = next((member for member in called if member.section not in sections), None)
        return Unknown(
            UNKNOWN_NAME, bare, sections, path, None, name.reserved, f"{section}{dot}", other, bool(name.parameters)
        )

    def parameter(self, path: Path, parameter: Parameter) -> Iterator[Diagnostic | Unknown]:
        """What is wrong with a parameter."""
        name, parameters = parameter.name, self.declared.architecture.spec.parameters
        if name in parameters:
            yield from misfit(parameters, path, parameter)
        elif not self.declared.is_poisoned(name, "parameters"):
            yield Unknown(UNKNOWN_PARAMETER, name, ("parameters",), path)
