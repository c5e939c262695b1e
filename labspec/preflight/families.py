"""The virtual processors of machines, by the names of their types, and the families that share a quota of them."""

from __future__ import annotations

import re
from typing import Final

TYPE = re.compile(r"(?P<family>[a-z]+[0-9]*[a-z0-9-]*)\.(?P<size>[a-z0-9-]+)")
LARGE = re.compile(r"(?:metal-)?([0-9]+)xl(?:arge)?")
SMALL = ("nano", "micro", "small")

UNUSUAL: Final = {
    "a1.metal": 16,
    "c1.medium": 2,
    "c1.xlarge": 8,
    "c4.8xlarge": 36,
    "c5.metal": 96,
    "c5d.metal": 96,
    "c5n.metal": 72,
    "c6a.metal": 192,
    "c6g.metal": 64,
    "c6gd.metal": 64,
    "c6i.metal": 128,
    "c6id.metal": 128,
    "c6in.metal": 128,
    "c7g.metal": 64,
    "c7gd.metal": 64,
    "c7gn.metal": 64,
    "d2.8xlarge": 36,
    "g4dn.metal": 96,
    "g5g.metal": 64,
    "hpc6a.48xlarge": 96,
    "hpc6id.32xlarge": 64,
    "hpc7a.12xlarge": 24,
    "hpc7a.24xlarge": 48,
    "hpc7a.48xlarge": 96,
    "hpc7a.96xlarge": 192,
    "hpc8a.96xlarge": 192,
    "i3.metal": 72,
    "i3en.metal": 96,
    "i4i.metal": 128,
    "m1.small": 1,
    "m2.2xlarge": 4,
    "m2.4xlarge": 8,
    "m2.xlarge": 2,
    "m5.metal": 96,
    "m5d.metal": 96,
    "m5dn.metal": 96,
    "m5n.metal": 96,
    "m5zn.metal": 48,
    "m6a.metal": 192,
    "m6g.metal": 64,
    "m6gd.metal": 64,
    "m6i.metal": 128,
    "m6id.metal": 128,
    "m6idn.metal": 128,
    "m6in.metal": 128,
    "m7g.metal": 64,
    "m7gd.metal": 64,
    "r5.metal": 96,
    "r5b.metal": 96,
    "r5d.metal": 96,
    "r5dn.metal": 96,
    "r5n.metal": 96,
    "r6a.metal": 192,
    "r6g.metal": 64,
    "r6gd.metal": 64,
    "r6i.metal": 128,
    "r6id.metal": 128,
    "r6idn.metal": 128,
    "r6in.metal": 128,
    "r7g.metal": 64,
    "r7gd.metal": 64,
    "t1.micro": 1,
    "t2.micro": 1,
    "t2.nano": 1,
    "t2.small": 1,
    "x2gd.metal": 64,
    "x2idn.metal": 128,
    "x2iedn.metal": 128,
    "x2iezn.metal": 48,
    "z1d.metal": 48,
}
"""Types that have not as many as their size says (`DescribeInstanceTypes`, as moto 5.2 has its answers, and `Amazon EC2
instance types`)."""

TWO_AT_MEDIUM = ("t2", "t3", "t3a", "t4g", "t8i", "c5")
"""Families whose medium size has two processors; of all others it has one."""

FAMILIES: Final = {
    "dl": "DL",
    "f": "F",
    "g": "G",
    "gr": "G",
    "hpc": "HPC",
    "inf": "Inf",
    "p": "P",
    "trn": "Trn",
    "u": "high memory",
    "vt": "G",
    "x": "X",
} | dict.fromkeys(("a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"), "standard")
"""The families that share a quota, by the letters that the name of a type begins with (`On-Demand Instance quotas`)."""


def processors(kind: str) -> int | None:
    """How many virtual processors a type of machine has; None where its name does not tell."""
    if kind in UNUSUAL:
        return UNUSUAL[kind]
    said = TYPE.fullmatch(kind)
    if said is None:
        return None
    family, size = said["family"], said["size"]
    if size in SMALL:
        return 2
    if size == "medium":
        return 2 if family in TWO_AT_MEDIUM else 1
    if size in ("large", "xlarge"):
        return 2 if size == "large" else 4
    large = LARGE.fullmatch(size)
    return 4 * int(large[1]) if large else None


def family(kind: str) -> str | None:
    """The quota that machines of a type share; None where none is known, as of machines on hosts of their own."""
    letters = re.match(r"[a-z]+", kind)
    return FAMILIES.get(letters[0]) if letters else None
