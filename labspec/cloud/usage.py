"""How much of its quotas an account has in use, where a call or two tell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any, Final

from labspec.cloud.account import Account, answered
from labspec.cloud.parallel import at_once
from labspec.preflight.families import family
from labspec.quotas import VCPUS

Key = tuple[str, str]
"""A service's code and a quota's, as Service Quotas has them."""
Count = tuple[Key, float]


def used(account: Account, wanted: Collection[Key]) -> tuple[dict[Key, float], dict[Key, float]]:
    """What is in use of some quotas, and those quotas that the services themselves tell."""
    counters = [count for keys, count in COUNTERS if any(key in wanted for key in keys)]
    in_use: dict[Key, float] = {}
    limits: dict[Key, float] = {}
    for counts, most in at_once(partial(_counted, account), counters):
        in_use.update(counts)
        limits.update(most)
    return in_use, limits


Counted = tuple[list[Count], list[Count]]


def _counted(account: Account, count: Callable[[Account], Counted]) -> Counted:
    """What is in use, and the quotas that came with it; nothing where these credentials may not ask."""
    nothing: Counted = ([], [])
    return answered(lambda: count(account), nothing)


def _pages(client: Any, operation: str, key: str, **asked: Any) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**asked):
        yield from page.get(key, ())


def _listed(service: str, operation: str, items: str, key: Key) -> Callable[[Account], Counted]:
    """As many as a call lists."""

    def count(account: Account) -> Counted:
        return [(key, float(sum(1 for _ in _pages(account.client(service), operation, items))))], []

    return count


def _addresses(account: Account) -> Counted:
    return [(("ec2", "L-0263D0A3"), float(len(account.client("ec2").describe_addresses()["Addresses"])))], []


def _machines(account: Account) -> Counted:
    """The processors of machines that run on demand."""
    sums = dict.fromkeys(VCPUS, 0.0)
    running = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    for reservation in _pages(account.client("ec2"), "describe_instances", "Reservations", Filters=running):
        for machine in reservation["Instances"]:
            name = family(machine["InstanceType"])
            cores = machine.get("CpuOptions", {})
            if name is not None and "InstanceLifecycle" not in machine:
                sums[name] += cores.get("CoreCount", 0) * cores.get("ThreadsPerCore", 0)
    return [((VCPUS[name].service, VCPUS[name].code), many) for name, many in sums.items()], []


def _balancers(account: Account) -> Counted:
    kinds = [each["Type"] for each in _pages(account.client("elbv2"), "describe_load_balancers", "LoadBalancers")]
    codes = {"application": "L-53DA6B97", "network": "L-69A177A2"}
    return [(("elasticloadbalancing", code), float(kinds.count(kind))) for kind, code in codes.items()], []


RDS: Final = {
    "AllocatedStorage": "L-7ADDB58A",
    "DBClusterParameterGroups": "L-E4C808A8",
    "DBClusters": "L-952B80B8",
    "DBInstances": "L-7B6409FD",
    "DBParameterGroups": "L-DE55804A",
    "DBSubnetGroups": "L-48C6BF61",
    "OptionGroups": "L-9FA33840",
}
"""The names that RDS itself gives its quotas (`AccountQuota`, Amazon RDS API Reference)."""


def _databases(account: Account) -> Counted:
    said = account.client("rds").describe_account_attributes().get("AccountQuotas", ())
    found = [(("rds", RDS[each["AccountQuotaName"]]), each) for each in said if each["AccountQuotaName"] in RDS]
    return [(key, float(each["Used"])) for key, each in found], [(key, float(each["Max"])) for key, each in found]


IAM: Final = {"InstanceProfiles": "L-6E65F664", "Policies": "L-E95E4862", "Roles": "L-FE177D64"}
"""The names that IAM gives its quotas (`GetAccountSummary`, IAM API Reference); with `Quota` after it, how many."""


def _permissions(account: Account) -> Counted:
    said = account.client("iam").get_account_summary()["SummaryMap"]
    in_use = [(("iam", code), float(said[name])) for name, code in IAM.items() if name in said]
    return in_use, [
        (("iam", code), float(said[f"{name}Quota"])) for name, code in IAM.items() if f"{name}Quota" in said
    ]


def _buckets(account: Account) -> Counted:
    return [(("s3", "L-DC2B2D3D"), float(len(account.client("s3").list_buckets().get("Buckets", ()))))], []


VPC: Final = {
    "L-45FE3B85": ("describe_egress_only_internet_gateways", "EgressOnlyInternetGateways"),
    "L-A4707A72": ("describe_internet_gateways", "InternetGateways"),
    "L-E79EC296": ("describe_security_groups", "SecurityGroups"),
    "L-F678F1CE": ("describe_vpcs", "Vpcs"),
}
MACHINE_KEYS: Final = tuple((quota.service, quota.code) for quota in VCPUS.values())
BALANCER_KEYS: Final = (("elasticloadbalancing", "L-53DA6B97"), ("elasticloadbalancing", "L-69A177A2"))
TARGETS, FILES, STACKS = (
    ("elasticloadbalancing", "L-B22855CB"),
    ("elasticfilesystem", "L-848C634D"),
    ("cloudformation", "L-0485CB21"),
)

COUNTERS: Final[tuple[tuple[tuple[Key, ...], Callable[[Account], Counted]], ...]] = (
    *(((("vpc", code),), _listed("ec2", *said, ("vpc", code))) for code, said in VPC.items()),
    ((("ec2", "L-0263D0A3"),), _addresses),
    (MACHINE_KEYS, _machines),
    (BALANCER_KEYS, _balancers),
    ((TARGETS,), _listed("elbv2", "describe_target_groups", "TargetGroups", TARGETS)),
    (tuple(("rds", code) for code in RDS.values()), _databases),
    (tuple(("iam", code) for code in IAM.values()), _permissions),
    ((("s3", "L-DC2B2D3D"),), _buckets),
    ((FILES,), _listed("efs", "describe_file_systems", "FileSystems", FILES)),
    ((STACKS,), _listed("cloudformation", "describe_stacks", "Stacks", STACKS)),
)
"""Which calls tell what of which quotas is in use."""
