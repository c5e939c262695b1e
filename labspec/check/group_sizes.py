"""Sizes of groups: the smallest is not above the largest, and an update has room."""

from __future__ import annotations

from collections.abc import Iterator

from labspec.check.machine_groups import MachineGroup, machine_groups
from labspec.check.parameter_values import refuses_itself
from labspec.diagnostic import Diagnostic, Label, Path, Rule, Severity
from labspec.model.architecture import Architecture
from labspec.model.bounds import Bounds, bounds_of
from labspec.model.word import Parameter

NO_ROOM = Rule(
    "LS350",
    "update-without-room",
    "An update is to keep as many machines in service as the group can have.",
    "Machines are replaced one by one: `MinInstancesInService` must be less than the largest size (`UpdatePolicy`"
    " attribute, AWS CloudFormation). The first update fails where it is not.",
    "size: {min: 2, max: 4}\nupdate: {keep_in_service: 4}",
    "size: {min: 2, max: 4}\nupdate: {keep_in_service: 3}",
)
CROSSED = Rule(
    "LS351",
    "sizes-cross",
    "The smallest size of a group can be above the largest.",
    "A group is refused whose smallest size is above the largest. What is chosen in the console is refused in time only"
    " where both are parameters with 20 values or fewer.",
    "parameters: {Most: {type: integer, min: 1, max: 8}}\n# ...\nsize: {min: 2, max: Most}",
    "parameters: {Most: {type: integer, min: 2, max: 8}}\n# ...\nsize: {min: 2, max: Most}",
)
NOBODY = Rule(
    "LS352",
    "nobody-to-signal",
    "A group whose machines tell that they are ready can be chosen to start with none.",
    "CloudFormation waits for one signal from each machine that the group starts with. How many these are is fixed when"
    " the template is built, unless a parameter says it; and a parameter cannot say that nothing is waited for.",
    "parameters: {Least: {type: integer}}\n# ...\nsize: {min: Least, max: 4}",
    "parameters: {Least: {type: integer, min: 1}}\n# ...\nsize: {min: Least, max: 4}",
    Severity.WARNING,
)


def check_group_sizes(architecture: Architecture) -> Iterator[Diagnostic]:
    """What can be chosen for the sizes of each group, against what they are needed for."""
    for group in machine_groups(architecture):
        if any(_is_told(architecture, size) for size in (group.body.size.min, group.body.size.max)):
            continue
        least = bounds_of(architecture.spec, group.body.size.min)
        most = bounds_of(architecture.spec, group.body.size.max)
        yield from _room(group, most)
        yield from _crossed(group, least, most)
        yield from _defaults(architecture, group)
        if group.machine.boots and isinstance(group.body.size.min, Parameter) and (least.low is None or least.low < 1):
            name, path = group.body.size.min.name, (*group.member.path, "size", "min")
            message = f"`{name}` can be 0, and a group that starts with no machine never gets its signal."
            label = _declared(group.body.size.min)
            yield Diagnostic(NOBODY, message, path, related=(label,), help=f"Say `min: 1` at `{name}`.")


def _is_told(architecture: Architecture, size: int | Parameter) -> bool:
    return isinstance(size, Parameter) and refuses_itself(architecture.spec.parameters[size.name])


def _room(group: MachineGroup, most: Bounds) -> Iterator[Diagnostic]:
    kept, largest = group.body.update.keep_in_service, group.body.size.max
    if kept is None or (most.low is not None and kept < most.low):
        return
    path = (*group.member.path, "update", "keep_in_service")
    stay = f"{kept} machines are to stay in service" if kept != 1 else "One machine is to stay in service"
    if isinstance(largest, int):
        message = f"{stay}, and the group has {largest} at most: none can be replaced."
        yield Diagnostic(NO_ROOM, message, path, help=f"Keep {largest - 1} or fewer, or raise `max`.")
        return
    never = most.high is not None and kept >= most.high
    message = f"{stay}, and `{largest.name}` can be {_shown(most.low, kept)}: then none can be replaced."
    severity = Severity.ERROR if never else Severity.WARNING
    help_ = f"Say `min: {kept + 1}` at `{largest.name}`."
    yield Diagnostic(NO_ROOM, message, path, related=(_declared(largest),), help=help_, severity=severity)


def _shown(low: int | None, otherwise: int) -> int:
    return otherwise if low is None else low


def _crossed(group: MachineGroup, least: Bounds, most: Bounds) -> Iterator[Diagnostic]:
    smallest, largest = group.body.size.min, group.body.size.max
    path = (*group.member.path, "size")
    if least.low is not None and most.high is not None and least.low > most.high:
        message = f"`{group.member.name}` has {least.low} machines or more, and {most.high} or fewer."
        yield Diagnostic(CROSSED, message, path)
    elif isinstance(smallest, int) and isinstance(largest, Parameter) and (most.low is None or most.low < smallest):
        yield _can_cross(largest, f"below {smallest}", f"min: {smallest}", (*path, "max"))
    elif isinstance(smallest, Parameter) and isinstance(largest, int) and (least.high is None or least.high > largest):
        yield _can_cross(smallest, f"above {largest}", f"max: {largest}", (*path, "min"))


def _can_cross(parameter: Parameter, where: str, bound: str, path: Path) -> Diagnostic:
    message = f"`{parameter.name}` can be {where}, and such a group is refused."
    help_, label = f"Say `{bound}` at `{parameter.name}`.", _declared(parameter)
    return Diagnostic(CROSSED, message, path, related=(label,), help=help_, severity=Severity.WARNING)


def _declared(parameter: Parameter) -> Label:
    return Label(f"`{parameter.name}` is declared here.", ("parameters", parameter.name), "key")


def _defaults(architecture: Architecture, group: MachineGroup) -> Iterator[Diagnostic]:
    """The values that the console suggests must fit, too."""
    smallest, largest = group.body.size.min, group.body.size.max
    if not isinstance(smallest, Parameter) or not isinstance(largest, Parameter):
        return
    low, high = (_default(architecture, parameter) for parameter in (smallest, largest))
    if low is not None and high is not None and low > high:
        message = f"`{smallest.name}` is {low} unless the console is told another, and `{largest.name}` is {high}."
        yield Diagnostic(CROSSED, message, (*group.member.path, "size"), help="Let their defaults fit.")


def _default(architecture: Architecture, parameter: Parameter) -> int | None:
    text = architecture.spec.parameters[parameter.name].default
    return int(text) if text is not None and text.isdecimal() else None
