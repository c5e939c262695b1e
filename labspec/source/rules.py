"""What can be wrong with the files of a spec and the way they are put together."""

from __future__ import annotations

from labspec.diagnostic import Rule

UNREADABLE = Rule(
    "LS010",
    "unreadable-file",
    "A file cannot be read.",
    "A spec and the files that it mentions have at most 1 MiB, and lie inside the folder of what mentions them.",
    "include: [../../etc/passwd]",
    "include: [parts/network.yaml]",
)
CYCLE = Rule(
    "LS011",
    "file-cycle",
    "A document includes or extends itself.",
    "Each file is resolved whole before it is used, so none may need itself.",
    "# a.yaml\nextends: a.yaml",
    "# a.yaml\nextends: base.yaml",
)
MERGE = Rule(
    "LS012",
    "cannot-merge",
    "What one document says cannot be laid over what the other says.",
    "Maps merge by key. A single value over a map, or a map over a short form, would silently lose the rest.",
    "# base.yaml: health_check: {path: /, interval: 10s}\nhealth_check: /ok",
    "health_check: {path: /ok}",
)
DECLARED_TWICE = Rule(
    "LS013",
    "declared-twice",
    "Two joined files declare the same member.",
    "`include` joins files that know nothing of one another; to change a member, lay a document over it by `extends`.",
    "include: [a.yaml, b.yaml]     # both have vpcs.web",
    "extends: a.yaml",
)
LIKE = Rule(
    "LS014",
    "like",
    "`like` names nothing that a member could begin with.",
    "`like` names another member of the same section, written in its long form, and no circle.",
    "instances:\n  b: {like: aa}",
    "instances:\n  a: {subnet: public-1}\n  b: {like: a}",
)
NOTHING_TO_REMOVE = Rule(
    "LS015",
    "nothing-to-remove",
    "A null removes what is not there.",
    "In a document that extends another, a null removes. One that removes nothing is mistyped.",
    "extends: base.yaml\ninstances: {wbe: null}",
    "extends: base.yaml\ninstances: {web: null}",
)
EMPTY = Rule(
    "LS016",
    "not-a-spec",
    "The file holds no spec.",
    "A spec is a mapping that begins with `labspec: 1` and a name.",
    "- a list",
    "labspec: 1\nname: hello",
)
