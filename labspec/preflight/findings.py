"""What will fail, as far as it can be said before it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from labspec.diagnostic import Path, Rule, Severity
from labspec.preflight.amounts import Amount
from labspec.preflight.asked import ANOTHERS, Asked
from labspec.preflight.names import Double, Name
from labspec.preflight.needs import Need
from labspec.preflight.places import Lack
from labspec.template import Joined
from labspec.template.intrinsics import known
from labspec.wording import sentence, series

OVER = Rule(
    "LS740",
    "quota-exceeded",
    "The stacks need more of something than an account has.",
    "What is over a quota is refused, and the stack rolls back, often after an hour. `labspec preflight` counts what"
    " the stacks need against AWS's defaults, and with `--ask` against what the account has and uses. Most quotas are"
    " raised on request, in the console of Service Quotas.",
    severity=Severity.WARNING,
    binding=True,
)
WHOLE = Rule(
    "LS741",
    "quota-used-wholly",
    "The stacks need all of something that an account has by default.",
    "Nothing may be left over of it from other stacks, from what was made by hand, or from what a failed deletion left"
    " behind. `labspec preflight --ask` knows what the account uses already.",
    severity=Severity.HINT,
    binding=True,
)
TWICE = Rule(
    "LS742",
    "one-name-twice",
    "Two resources would have one name.",
    "A name that a template fixes is one resource's: creating the second fails. CloudFormation makes up names for"
    " resources that give none.",
)
LACKING = Rule(
    "LS743",
    "not-in-region",
    "A region does not have what the stacks ask for.",
    "Regions differ in services, in types of machines and of databases, and in zones. What AWS's schemas and price"
    " lists tell of each region, as cfn-lint's package carries them, may be some weeks old.",
    severity=Severity.WARNING,
    binding=True,
)
TAKEN = Rule(
    "LS744",
    "name-taken",
    "A name that must be free in the whole world is not.",
    "Names of buckets are those of all accounts together. A bucket that is ours already would have to be imported, or"
    " deleted, before a stack can make it.",
)
BLOCKED = Rule(
    "LS745",
    "account-blocks-public-buckets",
    "The account lets no bucket be public, and the stacks make one.",
    "What an account blocks no bucket can allow: the bucket's policy is refused (`Blocking public access to your Amazon"
    " S3 storage`).",
)
CIRCLE = Rule(
    "LS746",
    "waits-for-itself",
    "Some resources wait for each other.",
    "What waits for what is said by references and by `DependsOn`. A template in which that is a circle is refused"
    " (`Circular dependency between resources`), and stacks that wait for each other are never made.",
)
MOST = 5
"""Of so many it is told who needs them; of more, how many they are."""
ASK = "Ask for more in Service Quotas before you deploy; `--ask` counts with what the account has."


class Finding(NamedTuple):
    """Something that will fail, or may. `address` and `path` say where it is asked for."""

    rule: Rule
    message: str
    address: str = ""
    path: Path = ()
    help: str = ""
    severity: Severity | None = None


def over(needs: Iterable[Need], asked: Asked, called: Callable[[str], str]) -> Iterator[Finding]:
    """What is over a quota, or uses one wholly."""
    for need in needs:
        most = asked.most(need.quota)
        if most is None:
            continue
        left = most - (asked.in_use(need.quota) or 0)
        place = need.by[min(max(int(left), 0), len(need.by) - 1)] if need.by else ""
        if need.ever.least > left or (need.ever.most is not None and need.ever.most > left):
            yield _over(need, asked, most, called, place)
        elif need.first.least == left and need.quota.per in ("region", "account", "zone"):
            yield Finding(WHOLE, _whole(need, asked, most, called), place, help=f"{_by(need, called)}{ASK}")


def _over(need: Need, asked: Asked, most: float, called: Callable[[str], str], place: str) -> Finding:
    left = most - (asked.in_use(need.quota) or 0)
    grown = need.first.most is not None and need.first.most <= left
    may = need.quota.holder.format(words(Amount(most, most)))
    if asked.in_use(need.quota) is not None:
        may = f"the account has {words(Amount(left, left))} left of {words(Amount(most, most))}"
    elif not asked.is_answered(need.quota) and not need.quota.fixed:
        may += " unless AWS has allowed more"
    verb = "may come to have" if grown else "need" if not need.holder else "has"
    severity = Severity.HINT if grown or need.first.least <= left else None
    if severity is None and (need.quota.fixed or asked.is_answered(need.quota)):
        severity = Severity.ERROR
    message = f"{_who(need, called)} {verb} {counted(need.ever, need.quota.noun)}; {may}."
    help_ = "" if need.quota.fixed else f"{_by(need, called)}{ASK}"
    return Finding(OVER, message, place, help=help_, severity=severity)


def _whole(need: Need, asked: Asked, most: float, called: Callable[[str], str]) -> str:
    if asked.in_use(need.quota) is not None:
        return f"{_who(need, called)} need all {counted(need.first, need.quota.noun)} that the account has left."
    return f"{_who(need, called)} need all {counted(Amount(most, most), need.quota.noun)} that {_has(need)}."


def _by(need: Need, called: Callable[[str], str]) -> str:
    """Who needs what a region or an account has: `They are for ...`."""
    if need.holder or not need.by:
        return ""
    names = [f"`{name}`" for name in dict.fromkeys(called(address) for address in need.by)]
    more = [f"{len(names) - MOST} more"] if len(names) > MOST else []
    return f"They are for {series([*names[:MOST], *more], 'and')}. "


def _has(need: Need) -> str:
    return need.quota.holder.partition(" {}")[0] + (" by default" if not need.quota.fixed else "")


def _who(need: Need, called: Callable[[str], str]) -> str:
    """Who needs it, as a subject: `The stacks`, "`lab-vpc`", or `Zone a`."""
    if not need.holder:
        return "The stacks"
    if need.quota.per == "zone":
        return sentence(f"zone {need.holder}")
    address, _, rest = need.holder.partition(" ")
    return f"`{called(address)}`" + (f" ({rest})" if rest else "")


def words(amount: Amount) -> str:
    """An amount: `4`, `12 to 16`, `12 or more`."""
    if amount.most is None:
        return f"{amount.least:,.0f} or more" if amount.least else "some"
    return f"{amount.least:,.0f}" if amount.least == amount.most else f"{amount.least:,.0f} to {amount.most:,.0f}"


def counted(amount: Amount, noun: str) -> str:
    """An amount of something: `1 elastic address`, `2 vCPUs of standard instances`."""
    head, of, rest = noun.partition(" of ")
    if words(amount) == "1" and head.endswith("s"):
        head = f"{head[:-3]}y" if head.endswith("ies") else head.removesuffix("es" if head.endswith("sses") else "s")
    return f"{words(amount)} {head}{of}{rest}"


def twice(found: Iterable[Double], called: Callable[[str], str]) -> Iterator[Finding]:
    """Names that two resources would have."""
    for first, second in found:
        name = f"be named `{second.text}`" if second.text is not None else "have the same name"
        message = f"`{called(first.address)}` and `{called(second.address)}` would both {name}."
        yield Finding(TWICE, message, second.address, ("Properties", *second.path), "Give one of them another name.")


def circular(found: Sequence[str], called: Callable[[str], str]) -> Iterator[Finding]:
    """Resources that wait for each other."""
    if found:
        names = series([f"`{called(each)}`" for each in found], "and")
        help_ = "Take away one of the references, or make of what both need a resource of its own."
        yield Finding(CIRCLE, f"{names} wait for each other.", found[0], help=help_)


def lacking(found: Iterable[Lack], region: str) -> Iterator[Finding]:
    """What a region lacks, each once, where it is asked for first."""
    by_what: dict[str, list[Lack]] = {}
    for lack in found:
        by_what.setdefault(lack.what, []).append(lack)
    for what, (first, *others) in by_what.items():
        path = ("Properties", *first.path) if first.path else ()
        more = f" It is asked for {len(others) + 1} times." if others else ""
        yield Finding(LACKING, f"`{region}` is not known to have {what}.{more}", first.address, path)


def taken(found: Iterable[Name], asked: Asked) -> Iterator[Finding]:
    """Names of buckets that are not free."""
    for name in found:
        owner = asked.taken.get(name.text or "") if name.world else None
        if owner is not None:
            whose = "another account's" if owner == ANOTHERS else "this account's already"
            message = f"The bucket `{name.text}` is {whose}."
            yield Finding(TAKEN, message, name.address, ("Properties", *name.path), "Choose another name.")


def blocked(joined: Joined, asked: Asked) -> Iterator[Finding]:
    """Buckets that are to be public in an account that lets none be."""
    for resource in joined.resources.values() if asked.blocks_public else ():
        body = resource.properties.get("PublicAccessBlockConfiguration")
        opens = isinstance(body, dict) and known(body.get("BlockPublicPolicy", "false")) == "false"
        if resource.type == "AWS::S3::Bucket" and resource.condition is not False and opens:
            yield Finding(
                BLOCKED,
                "The account blocks public access to all its buckets, and this one is to be public.",
                resource.address,
                help="Let CloudFront alone read the bucket, or have the account's block taken off.",
            )
