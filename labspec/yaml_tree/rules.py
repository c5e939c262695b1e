"""What can be wrong with a text as YAML."""

from __future__ import annotations

from labspec.diagnostic import Rule

SYNTAX = Rule(
    "LS001",
    "yaml-syntax",
    "The file is not YAML.",
    "labspec reads YAML 1.2: spaces indent, a colon ends a key, quotes and brackets close.",
    "vpcs:\n\tweb: {cidr: 10.0.0.0/16}",
    "vpcs:\n  web: {cidr: 10.0.0.0/16}",
)
DUPLICATE_KEY = Rule(
    "LS002",
    "duplicate-key",
    "A key stands twice in one mapping.",
    "Most YAML readers keep the last of two equal keys in silence, and the first is lost.",
    "vpcs:\n  web: {cidr: 10.0.0.0/16}\n  web: {cidr: 10.1.0.0/16}",
    "vpcs:\n  web: {cidr: 10.0.0.0/16}\n  app: {cidr: 10.1.0.0/16}",
)
NOT_ALLOWED = Rule(
    "LS003",
    "yaml-feature",
    "A feature of YAML that labspec does not take.",
    "Tags, merge keys and several documents hide what a spec says. `like`, `extends` and `include` say it in the open;"
    " CloudFormation's short tags work inside `resources` and `override`, where values that YAML 1.1 and 1.2 read"
    " differently need quotes.",
    "instances:\n  b:\n    <<: *a",
    "instances:\n  b: {like: a}",
)
TOO_LARGE = Rule(
    "LS004",
    "too-large",
    "A document is larger or deeper than any spec needs to be.",
    "Limits keep a mistyped or hostile file from exhausting the machine: 1 MiB, 100,000 values with all that aliases,"
    " `like` and other files bring, 64 levels, 256 files, 32 of them one inside the other.",
)
LOOKALIKE = Rule(
    "LS005",
    "lookalike",
    "A character that only looks like another, or like nothing.",
    "Keyboards for Chinese, Japanese and Korean, word processors and web pages bring colons, commas, quotes, dashes and"
    " blanks that no reader of YAML takes for the plain ones; some characters cannot be seen at all.",
    "vpcs:\n  web: {cidr\uff1a10.0.0.0/16}",
    "vpcs:\n  web: {cidr: 10.0.0.0/16}",
)
TAKEN_FOR_TEXT = Rule(
    "LS006",
    "taken-for-text",
    "What was to be an entry of a mapping or a list is read as a text.",
    "A blank follows the colon of a key and the dash of an item. Without it, or with an equals sign, the line is one"
    " long word to YAML.",
    "vpcs:\n  web:\n    cidr:10.0.0.0/16",
    "vpcs:\n  web:\n    cidr: 10.0.0.0/16",
)
