"""Each word of the language reads its own notation, and refuses everything else with what it takes."""

from __future__ import annotations

import contextlib
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from labspec.model import windows, words
from labspec.model.balance import ListenerPort
from labspec.model.kind import ListOf, When
from labspec.model.text import Expression, PlainText, Text
from labspec.model.windows import Window
from labspec.model.word import Choice, Name, Names, Parameter
from labspec.model.words import Ports
from labspec.scalar import Scalar, Style

Zones = Annotated[Literal["one", "two"] | Parameter, Choice(parameters=("text",))]
Subnet = Annotated[Name, Names("subnets")]
Subnets = ListOf[Subnet]

WORDS: dict[str, Any] = {
    **{
        name: getattr(words, name)
        for name in ("Boolean", "BooleanOrParameter", "Integer", "Percent", "Duration", "Days")
    },
    **{name: getattr(words, name) for name in ("Size", "Cidr", "PortRange", "Port")},
    **{name: getattr(windows, name) for name in ("DailyWindow", "WeeklyWindow")},
    **{name: getattr(words, name) for name in ("Zone", "ZoneOrParameter", "FileMode", "Arn", "InstanceType")},
    "Zones": Zones,
    "Subnet": Subnet,
    "Text": Text,
    "PlainText": PlainText,
    "When": When,
}


def read(word: Any, text: str | Any, style: Style = "plain") -> Any:
    return TypeAdapter[Any](word).validate_python(Scalar(text, style) if isinstance(text, str) else text)


def refusal(word: Any, text: str | Any, style: Style = "plain") -> tuple[str, str]:
    """What is said of a value, and what helps."""
    with pytest.raises(ValidationError) as caught:
        read(word, text, style)
    (error,) = caught.value.errors()
    assert error["type"] == "labspec", error
    return str(error["ctx"]["message"]), str(error["ctx"]["help"])


# ------------------------------------------------------------------ what they read


@pytest.mark.parametrize(
    ("word", "text", "value"),
    [
        ("Boolean", "true", True),
        ("BooleanOrParameter", "Wanted", Parameter("Wanted")),
        ("Integer", "0", 0),
        ("Integer", "-5", -5),
        ("Percent", "50%", 50.0),
        ("Percent", "0.5%", 0.5),
        ("Percent", "Share", Parameter("Share")),
        ("Duration", "90s", 90),
        ("Duration", "2h", 7200),
        ("Size", "20GiB", 20),
        ("Size", "2TiB", 2048),
        ("Cidr", "10.0.0.0/8", IPv4Network("10.0.0.0/8")),
        ("PortRange", "80", Ports(80, 80)),
        ("PortRange", "3000-3010", Ports(3000, 3010)),
        ("PortRange", "all", Ports(0, 65535)),
        ("PortRange", "0", Ports(0, 0)),
        ("PortRange", "65535", Ports(65535, 65535)),
        ("PortRange", "0-65535", Ports(0, 65535)),
        ("Port", "1", 1),
        ("Port", "65535", 65535),
        ("DailyWindow", "17:00-18:00 UTC", Window("17:00-18:00")),
        ("WeeklyWindow", "sun 18:00-19:00 UTC", Window("sun:18:00-sun:19:00")),
        ("WeeklyWindow", "sun 23:30-00:30 UTC", Window("sun:23:30-mon:00:30")),
        ("Zone", "c", "c"),
        ("Zone", "2", 2),
        ("FileMode", "0644", "0644"),
        ("InstanceType", "t3.micro", "t3.micro"),
        ("Zones", "two", "two"),
        ("Subnet", "public-a", Name("public-a", ("subnets",))),
        ("Subnet", "subnets.public-a", Name("subnets.public-a", ("subnets",))),
        ("When", "Wanted", When(Parameter("Wanted"))),
        ("PlainText", "anything: at all", "anything: at all"),
    ],
)
def test_a_word_reads_its_notation(word: str, text: str, value: Any) -> None:
    assert read(WORDS[word], text) == value


@pytest.mark.parametrize("port", ["1", "65535"])
def test_a_load_balancer_listens_on_any_port(port: str) -> None:
    assert read(ListenerPort, port) == port


@pytest.mark.parametrize("port", ["0", "65536"])
def test_a_load_balancer_listens_on_ports_only(port: str) -> None:
    assert refusal(ListenerPort, port) == (f"`{port}` is not a port.", "Ports go from 1 to 65535.")


def test_one_item_stands_for_a_list() -> None:
    assert read(Subnets, "a") == read(Subnets, [Scalar("a")]) == (Name("a", ("subnets",)),)


def test_a_condition_can_be_turned_round() -> None:
    assert read(When, {"not": Scalar("Wanted")}) == When(Parameter("Wanted"), negated=True)


# ------------------------------------------------------------------ what they refuse


@pytest.mark.parametrize(
    ("word", "text", "help_"),
    [
        ("Boolean", "yes", "Write `true`."),
        ("Boolean", "Off", "Write `false`."),
        ("Boolean", "TRUE", "Write `true`."),
        ("Boolean", "1", "Write `true` or `false`."),
        ("Integer", "1_000", "Write `1000`."),
        ("Integer", "010", "Write `10`."),
        ("Integer", "1.5", "Write digits only"),
        ("Integer", "0x10", "Write `16`."),
        ("Integer", "1e3", "Write `1000`."),
        ("Integer", "1e999", "Write digits only"),
        ("Integer", "5.0", "Write `5`."),
        ("Integer", "2026-11-22", "Write digits only"),
        ("Percent", "50", "50 what? Write `50%`."),
        ("Percent", "0.5", "0.5 what? Write `50%` or `0.5%`."),
        ("Percent", ".5", ".5 what? Write `50%`."),
        ("Percent", "half", "Write it as `50%`."),
        ("Duration", "30", "30 what? Write `30s` or `30m`."),
        ("Duration", "1h30m", "Write it as"),
        ("Duration", "5 minutes", "Write `5m`."),
        ("Duration", "30S", "Write `30s`."),
        ("Days", "7", "7 what? Write `7d`."),
        ("Size", "20", "20 what? Write `20GiB`."),
        ("Size", "20GB", "Write it as `20GiB`."),
        ("Cidr", "10.0.0.1/16", "The block is `10.0.0.0/16`."),
        ("Cidr", "10.0.0.1", "For the one address write `10.0.0.1/32`."),
        ("Cidr", "10.0.0.0/33", "Write it as"),
        ("Cidr", "4", "Write it as `10.0.0.0/16`."),
        ("Zones", "Two", "Did you mean `two`?"),
        ("BooleanOrParameter", "True", "Write `true`."),
        ("PortRange", "22:22", "Write `22`."),
        ("PortRange", "0080", "Write `80`."),
        ("PortRange", "3000:3010", "Write `3000-3010`."),
        ("PortRange", "8080/tcp", "Write `8080`."),
        ("PortRange", "http", "Write `80`, `3000-3010` or `all`."),
        ("PortRange", "90-80", "the lower one first"),
        ("PortRange", "65536", "Ports go from 0 to 65535"),
        ("PortRange", "0-65536", "Ports go from 0 to 65535"),
        ("PortRange", "-1", "Write `80`, `3000-3010` or `all`."),
        ("Port", "0", "Ports go from 1 to 65535."),
        ("Port", "65536", "Ports go from 1 to 65535."),
        ("DailyWindow", "17:00-18:00", "Write `17:00-18:00 UTC`"),
        ("DailyWindow", "25:00-26:00 UTC", "windows are in UTC"),
        ("WeeklyWindow", "Sunday 18:00-19:00 UTC", "Write it as"),
        ("Zone", "ap-northeast-2a", "Write its letter: `a`."),
        ("Zone", "7", "Write its letter"),
        ("FileMode", "755", 'four octal digits in quotes, such as `"0755"`'),
        ("Arn", "role/web", "It begins with `arn:`."),
        ("Zones", "tow", "Did you mean `two`?"),
        ("Subnet", "Public_A", "names are kebab-case, such as `public-a`"),
        ("Subnet", "PublicA", "Write the name of a subnet (`public-a`?)"),
        ("Subnet", "vpcs.net", "It takes the name of a subnet."),
        ("Subnet", "subnet.public-a", "Write `subnets.public-a`."),
        ("When", "wanted", "A parameter's name is PascalCase"),
        ("PlainText", "caf\u00e9", "Write it in ASCII"),
        ("Text", "${{ a b }}", "no operators"),
        ("Text", "${{ a }", "Write `${{ a }}`, or `$${{`"),
        ("Text", "${{ a } and ${{ b }}", "Write `${{ a }}`, or `$${{`"),
        ("Text", "${{", "Close it with `}}`"),
        ("Text", "${{ AWS::Region }}", "Write `${{ aws.region }}`."),
    ],
)
def test_a_word_says_how_it_should_be(word: str, text: str, help_: str) -> None:
    assert help_ in refusal(WORDS[word], text)[1]


@pytest.mark.parametrize("word", sorted(WORDS))
@pytest.mark.parametrize("value", [{}, {"a": Scalar("b")}, [], [Scalar("a")]], ids=["{}", "{a: b}", "[]", "[a]"])
def test_no_word_takes_a_mapping_or_a_list(word: str, value: Any) -> None:
    assert refusal(WORDS[word], value)[0].startswith("Here stands a ")


@pytest.mark.parametrize("word", sorted(WORDS))
@pytest.mark.parametrize(("text", "style"), [("", "empty"), ("null", "null"), ("~", "null")])
def test_no_word_takes_nothing(word: str, text: str, style: Style) -> None:
    message, help_ = refusal(WORDS[word], text, style)
    assert ("empty" if style == "empty" else "is a null") in message
    assert help_


@pytest.mark.parametrize("word", ["Boolean", "Integer", "Duration", "Size", "Cidr", "PortRange", "Zone", "Subnet"])
def test_what_decides_the_shape_is_no_parameter(word: str) -> None:
    message, help_ = refusal(WORDS[word], "AdminCidr")
    assert "reads like a parameter" in message
    assert "make it a variable" in help_


@pytest.mark.parametrize("word", ["Boolean", "Percent", "Cidr", "Subnet", "Zones", "PlainText"])
def test_a_typed_field_takes_no_expression(word: str) -> None:
    assert refusal(WORDS[word], "${{ aws.region }}")[0] == "An expression cannot stand here."


@given(word=st.sampled_from(sorted(WORDS)), text=st.text(max_size=40))
def test_whatever_is_written_is_read_or_refused_in_words(word: str, text: str) -> None:
    assert reasons(WORDS[word], text) <= {"labspec"}


def reasons(word: Any, text: str) -> set[str]:
    """Whose errors a text meets: ours, or pydantic's own."""
    try:
        read(word, text)
    except ValidationError as error:
        return {found["type"] for found in error.errors()}
    return set()


# ------------------------------------------------------------------ notations that end where they began


@given(st.integers(0, 65535), st.integers(0, 65535))
def test_ports_read_what_they_write(one: int, other: int) -> None:
    ports = Ports(min(one, other), max(one, other))
    assert words.read_ports(str(ports)) == ports


@given(st.integers())
def test_every_whole_number_is_read_as_it_is_written(number: int) -> None:
    assert words.read_integer(str(number)) == number


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_every_block_of_addresses_is_read_as_it_is_written(address: int, length: int) -> None:
    block = IPv4Network((address & -(1 << (32 - length)), length))
    assert words.read_cidr(str(block)) == block


# ------------------------------------------------------------------ text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ()),
        ("a", ("a",)),
        ("${{ A }}", (Expression(("A",), (0, 8)),)),
        ("a ${{x.y.z}} b", ("a ", Expression(("x", "y", "z"), (2, 12)), " b")),
        ("${{ A }}${{ B }}", (Expression(("A",), (0, 8)), Expression(("B",), (8, 16)))),
        ("$${{ A }}", ("${{ A }}",)),
        ("$$${{ A }}", ("$${{ A }}",)),
        ("$${{", ("${{",)),
        ("$${{ ${{ A }}", ("${{ ", Expression(("A",), (5, 13)))),
        ("${{ A }}$${{ B }}", (Expression(("A",), (0, 8)), "${{ B }}")),
        ("$ { ${HOME} }} {{", ("$ { ${HOME} }} {{",)),
    ],
)
def test_text_is_split_at_its_expressions(text: str, parts: tuple[object, ...]) -> None:
    assert Text.read(Scalar(text, "quoted")).parts == parts


@given(st.text(alphabet="${}} ab.", max_size=60))
def test_no_text_takes_long_or_is_lost(text: str) -> None:
    """A text without expressions is itself, but for what is escaped."""
    made = None
    with contextlib.suppress(ValidationError):
        made = read(Text, text, "quoted")
    if made is not None and made.literal is not None:
        assert made.literal == text.replace("$${{", "${{")


def test_a_megabyte_of_openings_is_refused_at_once() -> None:
    assert "never closed" in refusal(Text, "${{" * 300_000, "quoted")[0]
