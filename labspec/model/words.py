"""The typed words of the language: addresses, ports, sizes, durations, shares, windows, zones, files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network
from string import ascii_lowercase
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BeforeValidator

from labspec.model.notation import noted
from labspec.model.refusal import wrong
from labspec.model.word import FileName, Parameter, Word, scalar_of
from labspec.nearest import meant, offered
from labspec.wording import series

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = "[0-9]+[smhd]"
CIDR = r"[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}"
PORT = "[1-9][0-9]{0,4}"
ZONES = (*ascii_lowercase, *"123456")
"""Every zone that can be written."""

REGIONS = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
]
"""The regions that the linters have schemas for (cfn-lint's providers)."""


def read_boolean(text: str) -> bool:
    """`true` or `false`."""
    if text in ("true", "false"):
        return text == "true"
    said = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(text.lower(), text.lower())
    right = said if said in ("true", "false") else meant(said, ("true", "false"))
    help_ = f"Write `{right}`." if right else "Write `true` or `false`."
    wrong(f"`{text}` is neither true nor false.", help_, right, safe=right == said)


def read_integer(text: str) -> int:
    """A whole number in plain decimal digits."""
    if not re.fullmatch(r"0|-?[1-9][0-9]*", text):
        grouped = re.fullmatch(r"[1-9][0-9]{0,2}([_,][0-9]{3})+", text) is not None
        plain = _plain_digits(re.sub(r"[_,]", "", text) if grouped else text)
        wrong(
            f"`{text}` is not a whole number.",
            f"Write `{plain}`." if plain else "Write digits only, such as `80`.",
            plain,
            safe=grouped,  # `010` is eight to some
        )
    return int(text)


def _plain_digits(text: str) -> str:
    """A whole number that is written as in another language, in plain digits."""
    if re.fullmatch(r"0x[0-9A-Fa-f]{1,12}|0o[0-7]{1,12}|0b[01]{1,40}", text):
        return str(int(text, 0))
    return str(int(float(text))) if re.fullmatch(r"[-+]?[0-9]{1,15}(\.0*)?([eE]\+?[0-9])?", text) else ""


def read_percent(text: str) -> float:
    """A share such as `50%`, as the number before the sign."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)%", text)
    if not match:
        shares = [f"{float(text) * 100:g}%"] if re.fullmatch(r"0?\.[0-9]+|1", text) else []
        shares += [f"{text}%"] if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else []
        _unitless("a share", text, shares, "Write it as `50%`.")
    return float(match[1])


def read_duration(text: str, units: str = "sm") -> int:
    """A time such as `30s`, `5m`, `12h`, `30d`, in seconds; a bare number may be meant in any of some `units`."""
    match = re.fullmatch(r"([0-9]+)([smhd])", text)
    if not match:
        word = re.fullmatch(r"([0-9]+) *([smhd])[a-z]*", text.lower())
        fix = f"{word[1]}{word[2]}" if word else ""
        times = [f"{text}{unit}" for unit in units] if re.fullmatch(r"[0-9]+", text) else []
        _unitless("a duration", text, times, f"Write `{fix}`." if fix else "Write it as `30s`, `5m` or `30d`.", fix)
    return int(match[1]) * SECONDS[match[2]]


def read_days(text: str) -> int:
    """The same where only whole days make sense, in seconds."""
    return read_duration(text, "d")


def _unitless(what: str, text: str, likely: list[str], otherwise: str, fix: str = "") -> NoReturn:
    """Refuse a number without its unit, which may be meant in several, or a text that is none."""
    help_ = f"{text} what? Write {series([f'`{each}`' for each in likely], 'or')}." if likely else otherwise
    wrong(f"`{text}` is not {what}.", help_, likely[0] if len(likely) == 1 else fix)


def read_size(text: str) -> int:
    """A size such as `20GiB`, in GiB."""
    match = re.fullmatch(r"([0-9]+)(GiB|TiB)", text)
    if not match:
        number = re.match(r"([0-9]+) ?([gt]ib\Z|t)?", text, re.IGNORECASE)
        unit = "TiB" if number and (number[2] or "").lower().startswith("t") else "GiB"
        fix = f"{number[1]}{unit}" if number else ""
        help_ = f"{text} what? Write `{fix}`." if number and number[1] == text else f"Write it as `{fix or '20GiB'}`."
        wrong(f"`{text}` is not a size.", help_, fix, safe=fix.lower() == text.replace(" ", "").lower())
    return int(match[1]) * (1024 if match[2] == "TiB" else 1)


def read_region(text: str) -> str:
    """A region, such as `ap-northeast-2`."""
    if text not in REGIONS:
        help_ = offered(text, REGIONS) or "Write it as `ap-northeast-2`."
        wrong(f"There is no region `{text}`.", help_, meant(text, REGIONS))
    return str(text)


def read_package(text: str) -> str:
    """The name of a package or a service: one word."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+:@~-]*", text):
        wrong(f"`{text}` is not one name.", "It is one word.")
    return str(text)


def read_cidr(text: str) -> IPv4Network:
    """An IPv4 block such as `10.0.0.0/16`."""
    try:
        network = IPv4Network(text, strict=False)
    except ValueError as error:
        wrong(f"`{text}` is not an IPv4 address block.", f"Write it as `10.0.0.0/16`. ({error})")
    if "/" not in text:
        length = 16 if text.endswith(".0.0") else 24 if text.endswith(".0") else 0
        block = f" For a block write `{text}/{length}`." if length else ""
        help_ = f"For the one address write `{text}/32`.{block}"
        wrong(f"`{text}` has no length.", help_, "" if length else f"{text}/32")
    if str(network) != text:
        wrong(f"`{text}` is an address inside a block, not the block.", f"The block is `{network}`.", str(network))
    return network


def read_port(text: str) -> int:
    """One port, 1 to 65535."""
    port = read_integer(text)
    if not 1 <= port <= 65535:
        wrong(f"`{text}` is not a port.", "Ports go from 1 to 65535.")
    return port


@dataclass(frozen=True, slots=True)
class Ports:
    """A range of ports, both ends included. All ports are 0 to 65535."""

    first: int
    last: int

    def __str__(self) -> str:
        if (self.first, self.last) == (0, 65535):
            return "all"
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def read_ports(text: str) -> Ports:
    """`80`, `3000-3010` or `all`."""
    if text == "all":
        return Ports(0, 65535)
    match = re.fullmatch(r"(0|[1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?", text)
    if not match:
        fix = _port_meant(text)
        wrong(f"`{text}` is not a port.", f"Write `{fix}`." if fix else "Write `80`, `3000-3010` or `all`.", fix)
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last or last > 65535:
        wrong(f"`{text}` is not a range of ports.", "Ports go from 0 to 65535, the lower one first.")
    return Ports(first, last)


def _port_meant(text: str) -> str:
    """The port, or the range of ports, that is written in another way: `22:22`, `0080`, `3000:3010`, `8080/tcp`."""
    match = re.fullmatch(r"0*([0-9]{1,5})(?: *[:/~.-]+ *0*([0-9]{1,5}))?(?:/(?:tcp|udp))?", text)
    if not match:
        return ""
    return match[1] if match[2] in (None, match[1]) else f"{match[1]}-{match[2]}"


def read_zone(text: str) -> str | int:
    """A zone's letter (`a`), or the n-th zone that the account has in the region (`1`)."""
    if re.fullmatch(r"[a-z]", text):
        return str(text)
    if re.fullmatch(r"[1-6]", text):
        return int(text)
    letter = re.fullmatch(r"[a-z]{2}-[a-z]+-[0-9]([a-z])", text)
    wrong(
        f"`{text}` is not a zone.",
        f"Write its letter: `{letter[1]}`." if letter else "Write its letter, such as `a`, or its number, such as `1`.",
        letter[1] if letter else "",
    )


def _file(value: Any) -> FileName:
    text = scalar_of(value, "the name of a file")
    return FileName(str(text), text.folder)


def _folder(value: Any) -> FileName:
    text = scalar_of(value, "the name of a folder")
    return FileName(str(text), text.folder, "folder")


def _octal(text: str) -> str:
    if not re.fullmatch(r"[0-7]{4}", text):
        mode = f"0{text}" if re.fullmatch(r"[0-7]{3}", text) else "0644"
        wrong(f"`{text}` is not a file mode.", f'Write four octal digits in quotes, such as `"{mode}"`.')
    return str(text)


def _arn(text: str) -> str:
    if not text.startswith("arn:"):
        wrong(f"`{text}` is not an ARN.", "It begins with `arn:`.")
    return str(text)


Boolean = Annotated[bool, Word(read_boolean, "true or false", "true|false")]
BooleanOrParameter = Annotated[
    bool | Parameter, Word(read_boolean, "true or false", "true|false", parameters=("boolean",))
]
Integer = Annotated[int, Word(read_integer, "a whole number", "0|-?[1-9][0-9]*")]
IntegerOrParameter = Annotated[
    int | Parameter, Word(read_integer, "a whole number", "0|-?[1-9][0-9]*", parameters=("integer",))
]
Percent = Annotated[
    float | Parameter, Word(read_percent, "a share, such as 50%", r"[0-9]+(\.[0-9]+)?%", parameters=("percent",))
]
Duration = Annotated[int, Word(read_duration, "a duration, such as 30s, 5m or 30d", DURATION)]
Days = Annotated[int, Word(read_days, "a duration in days, such as 7d", DURATION)]
Size = Annotated[int, Word(read_size, "a size, such as 20GiB", "[0-9]+(GiB|TiB)")]
Region = Annotated[str, Word(read_region, "a region, such as ap-northeast-2")]
Package = Annotated[str, Word(read_package, "one name")]
Cidr = Annotated[IPv4Network, Word(read_cidr, "an address block, such as 10.0.0.0/16", CIDR)]
PortRange = Annotated[Ports, Word(read_ports, "a port, such as 80, 3000-3010 or all", "all|[0-9]{1,5}(-[0-9]{1,5})?")]
Port = Annotated[int, Word(read_port, "a port, such as 80", PORT)]
Zone = Annotated[str | int, Word(read_zone, "a zone's letter or number", "[a-z]|[1-6]")]
ZoneOrParameter = Annotated[
    str | int | Parameter, Word(read_zone, "a zone's letter or number", "[a-z]|[1-6]", parameters=("zone",))
]
File = Annotated[FileName, BeforeValidator(_file), noted("the name of a file")]
Folder = Annotated[FileName, BeforeValidator(_folder), noted("the name of a folder")]
FileMode = Annotated[str, Word(_octal, 'a file mode, such as "0644"', "[0-7]{4}")]
InstanceType = Annotated[
    str | Parameter, Word(str, "an instance type, such as t3.micro", parameters=("instance_type", "text"))
]
"""Also a parameter of type `text`: AWS takes any string, and new types come every year."""
Arn = Annotated[str | Parameter, Word(_arn, "an ARN", "arn:.*", parameters=("text",))]
"""The ARN of what has no type of parameter of its own."""
CertificateArn = Annotated[
    str | Parameter, Word(_arn, "the ARN of a certificate", "arn:.*", parameters=("certificate", "text"))
]
"""Also a parameter of type `text`: the ARN of a certificate that lies in IAM has another form than the type's (`SSL
certificates for your Application Load Balancer`)."""
Access = Literal["public", "private", "isolated"]
