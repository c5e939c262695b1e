"""Groups of machines that grow and shrink with the load."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from labspec.model.kind import Kind, ListOf, Part, SomeOf
from labspec.model.refusal import wrong
from labspec.model.word import Choice, Name, Names
from labspec.model.words import BooleanOrParameter, Duration, Integer, IntegerOrParameter, Percent


class GroupSize(Part):
    """How many machines. A group starts at `min`; from then on scaling owns the number."""

    min: IntegerOrParameter
    """Never fewer."""
    max: IntegerOrParameter
    """Never more."""

    @model_validator(mode="after")
    def _ordered(self) -> GroupSize:
        if isinstance(self.min, int) and self.min < 0:
            wrong("A group cannot have fewer than no machines.", "`min` is 0 or more.", place=("min",))
        if isinstance(self.max, int) and self.max < 1:
            wrong("A group that never has a machine cannot be updated.", "`max` is 1 or more.", place=("max",))
        if isinstance(self.min, int) and isinstance(self.max, int) and self.min > self.max:
            wrong(f"The smallest size {self.min} is above the largest, {self.max}.", place=("min",))
        return self


class GroupHealthCheck(Part):
    """Who says that a machine of the group is well."""

    short: ClassVar[str] = "type"

    type: Annotated[Literal["ec2", "elb"], Choice()] = "ec2"
    """`ec2`: it runs; `elb`: its load balancer says so."""
    grace: Duration | None = None
    """How long a new machine is left alone; as long as its setup may take (`ready_within`) unless said, and 5 minutes
    where it has none."""


class CpuTarget(Part):
    """Keeps the average CPU use of the group near a share."""

    short: ClassVar[str] = "target"

    target: Percent
    """The share to keep, such as `50%`."""
    scale_in: BooleanOrParameter = True
    """Whether the group may shrink, too."""
    warmup: Duration | None = None
    """How long a new machine's own use does not count."""

    @model_validator(mode="after")
    def _share(self) -> CpuTarget:
        if isinstance(self.target, float) and not 0 < self.target <= 100:
            wrong(
                f"No processor is kept at {self.target:g}%.",
                "The target is above 0% and at most 100%.",
                place=("target",),
            )
        return self


class RequestTarget(Part):
    """Keeps the requests per machine and minute near a number; needs a target group with a load balancer."""

    short: ClassVar[str] = "target"

    target: IntegerOrParameter
    """Requests per machine and minute."""
    scale_in: BooleanOrParameter = True
    """Whether the group may shrink, too."""
    warmup: Duration | None = None
    """How long a new machine's own use does not count."""

    @model_validator(mode="after")
    def _positive(self) -> RequestTarget:
        if isinstance(self.target, int) and self.target < 1:
            wrong("A group cannot follow fewer than one request.", "The target is 1 or more.", place=("target",))
        return self


class Scaling(Part):
    """What the group follows; of several the largest answer wins."""

    cpu: CpuTarget | None = None
    """Average CPU use."""
    requests: RequestTarget | None = None
    """Requests per machine and minute."""


class RollingUpdate(Part):
    """How machines are replaced when their template changes."""

    batch: Integer = 1
    """How many at a time."""
    keep_in_service: Integer | None = None
    """How many stay meanwhile; one fewer than the smallest size unless said, or than the least that it can be where
    it is a parameter."""
    wait_for_signal: Duration | None = None
    """How long a new machine may take, an hour at most; its template's `ready_within` unless said."""

    @model_validator(mode="after")
    def _positive(self) -> RollingUpdate:
        if self.batch < 1:
            wrong("An update replaces one machine at a time, or more.", "`batch` is 1 or more.", place=("batch",))
        if self.keep_in_service is not None and self.keep_in_service < 0:
            wrong(
                "An update cannot keep fewer than no machines.",
                "`keep_in_service` is 0 or more.",
                place=("keep_in_service",),
            )
        return self


class AutoScalingGroup(Kind):
    """A group of machines made from one launch template.

    ```yaml
    auto_scaling_groups:
      web:
        launch_template: web
        subnets: [private-a, private-c]
        target_groups: [web]
        size: {min: 2, max: 4}
        scaling: {cpu: 50%}
    ```
    """

    section: ClassVar[str] = "auto_scaling_groups"
    suffix: ClassVar[str] = "AutoScalingGroup"
    stands_in: ClassVar[tuple[str, ...]] = ("subnets",)

    launch_template: Annotated[Name, Names("launch_templates")]
    """What its machines are made from."""
    subnets: SomeOf[Annotated[Name, Names("subnets")]]
    """Where they stand."""
    target_groups: ListOf[Annotated[Name, Names("target_groups")]] = ()
    """Where they register."""
    size: GroupSize
    """How many."""
    health_check: GroupHealthCheck = GroupHealthCheck()
    """Who says that a machine is well."""
    scaling: Scaling = Scaling()
    """What it follows."""
    termination: SomeOf[
        Annotated[
            Literal[
                "default",
                "oldest-instance",
                "newest-instance",
                "oldest-launch-template",
                "closest-to-next-instance-hour",
                "allocation-strategy",
            ],
            Choice(),
        ]
    ] = ("default",)
    """Which machine goes first."""
    update: RollingUpdate = RollingUpdate()
    """How a change of the template is rolled out."""
    notify: Annotated[Name, Names("notifications")] | None = None
    """Who hears of machines that come, go or fail."""
