"""What names mean, and what is said of names that mean nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.building import NETWORK, build, graph_of, messages

MORE = """\
instances:
  server: {subnet: public-a}
security_groups:
  web-sg: {ingress: {http: {port: 80, from: internet}}}
parameters:
  AdminCidr: {type: cidr}
  Count: {type: integer}
  One: {type: zone}
  Two: {type: zone}
  Three: {type: zone}
  Four: {type: zone}
  Token: {type: secret}
"""


def told(folder: Path, text: str) -> list[tuple[str, str]]:
    """Code and message of what is wrong, and what helps."""
    return [(f"{d.rule.code} {d.message}", d.help) for d in build(folder, NETWORK + MORE + text).diagnostics]


# ------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        (
            "launch_templates: {t: {security_groups: [web-gs]}}",
            "LS201 There is no security group `web-gs`.",
            "Did you mean `web-sg`?",
        ),
        (
            "target_groups: {t: {port: 80, targets: [web-sg]}}",
            "LS202 `web-sg` is a security group; this field names an instance.",
            "It can be `server`.",
        ),
        (
            "launch_templates: {t: {security_groups: [instances.server]}}",
            "LS103 `instances.server` does not name what this field takes.",
            "It takes the name of a security group.",
        ),
        (
            "launch_templates: {t: {ingress: {ssh: {port: 22, from: admin-cidr}}}}",
            "LS201 There is no member `admin-cidr`.",
            "Did you mean the parameter `AdminCidr`?",
        ),
        (
            "launch_templates: {t: {ingress: {ssh: {port: 22, from: adminCidr}}}}",
            "LS103 `adminCidr` is not a name.",
            "Did you mean the parameter `AdminCidr`?",
        ),
        (
            "launch_templates: {t: {secrets: {/run/a.json: '${{ app-db.secret }}'}}}",
            "LS103 An expression cannot stand here.",
            "Write `app-db` alone.",
        ),
        (
            "launch_templates: {t: {secrets: {/run/a.json: app-db.secret}}}",
            "LS103 `app-db.secret` does not name what this field takes.",
            "Write `app-db` alone.",
        ),
        (
            "target_groups: {t: {port: 80, targets: [Server]}}",
            "LS103 `Server` reads like a parameter",
            "make it a variable",
        ),
    ],
)
def test_a_name_that_is_wrong_is_told_with_the_right_one(text: str, message: str, help_: str, tmp_path: Path) -> None:
    ((found, helped),) = told(tmp_path, text)
    assert found.startswith(message)
    assert help_ in helped


def test_a_name_of_another_kind_is_shown_where_it_is_declared(tmp_path: Path) -> None:
    (found,) = build(tmp_path, NETWORK + MORE + "target_groups: {t: {port: 80, targets: web-sg}}").diagnostics
    (label,) = found.related
    assert label.span
    assert (label.span.line, label.span.column) == (15, 3)


def test_a_bare_name_of_several_kinds_needs_its_section(tmp_path: Path) -> None:
    # Without a group of its own: two members called `server` cannot both bring one along.
    balancer = "{scheme: internal, subnets: [public-a, public-c], security_groups: front-sg, listeners: {80: t}}"
    text = f"target_groups: {{t: {{port: 80, targets: server}}}}\nload_balancers: {{server: {balancer}}}\n"
    rule = "security_groups: {front-sg: {}, db-sg: {ingress: {mysql: {port: 3306, from: WHO}}}}\n"
    server = "{subnet: public-a, ingress: {http: {port: 80, from: front-sg}}}"
    network = f"{NETWORK}instances: {{server: {server}}}\n{text}"
    (found,) = build(tmp_path, network + rule.replace("WHO", "server")).diagnostics
    assert (found.rule.code, found.help) == ("LS203", "Write `instances.server` or `load_balancers.server`.")
    assert len(found.related) == 2
    graph = graph_of(tmp_path, network + rule.replace("WHO", "instances.server"))
    source = graph.nodes["DbSgMysqlIngress"].body["Properties"]["SourceSecurityGroupId"]
    assert source == {"Fn::GetAtt": ["ServerSecurityGroup", "GroupId"]}


USES = """\
launch_templates:
  a: {security_groups: [WORD]}
  b: {security_groups: OTHER}
outputs: {O: '${{ security_groups.WORD.id }}'}
"""


@pytest.mark.parametrize(
    ("word", "other", "finding", "labels"),
    [
        ("web-gs", "web-gs", "LS201 15:3 `web-sg` is declared here, and named `web-gs` everywhere.", [25, 26, 27]),
        ("web-gs", "web-sg", "LS201 25:25 There is no security group `web-gs`.", [27]),
        ("nothing", "nothing", "LS201 25:25 There is no security group `nothing`.", [26, 27]),
    ],
)
def test_a_name_that_stands_in_several_places_is_told_once(
    word: str, other: str, finding: str, labels: list[int], tmp_path: Path
) -> None:
    """Where it is declared, if what names it agrees on another spelling."""
    text = NETWORK + MORE.replace("instances", "images").replace("{subnet: public-a}", "{public: /a}")
    made = build(tmp_path, text + USES.replace("WORD", word).replace("OTHER", other))
    assert messages(made) == [finding]
    assert [label.span.line for label in made.diagnostics[0].related if label.span] == labels


def test_a_misspelled_declaration_shows_its_places_and_can_be_fixed(tmp_path: Path) -> None:
    text = "key_pairs: {ofice: {}}\ninstances:\n"
    text += "".join(f"  i{n}: {{subnet: public-a, public_ip: true, key_pair: office}}\n" for n in range(2))
    (found,) = build(tmp_path, NETWORK + text).diagnostics
    assert found.help == "Write `office` here, or `ofice` there."
    assert found.fix
    assert (found.fix.text, found.fix.old) == ("office", "ofice")
    assert (found.span and found.span.column, [label.text for label in found.related]) == (
        13,
        ["It is named here.", "It is named here."],
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("key_pairs: {ofice: {}}\ninstances: {i: {subnet: public-a, public_ip: true, key_pair: office}}\n", (12, 13)),
        (
            (
                "vpcs: {v: {cidr: 10.0.0.0/16, internet_gateway: v-gw, subnets: {a: {zone: a, cidr: 10.0.1.0/24}},"
                " route_tables: {r: {subnets: [a], routes: {internet: v-gv}}}}}\n"
            ),
            (3, 49),
        ),
        ("key_pairs: {office: {}}\nroles: {ofice: {}}\ninstances: {i: {subnet: public-a, role: office}}\n", (13, 9)),
    ],
    ids=["a member", "a gateway", "a member of another kind has the name"],
)
def test_the_declaration_that_may_be_misspelled_is_shown(text: str, place: tuple[int, int], tmp_path: Path) -> None:
    found = build(tmp_path, text if text.startswith("vpcs") else NETWORK + text).diagnostics[0]
    labels = [label for label in found.related if label.text.endswith("is declared here, and named nowhere.")]
    assert [(label.span.line, label.span.column) for label in labels if label.span] == [place]


def test_a_declaration_that_something_names_is_not_taken_for_misspelled(tmp_path: Path) -> None:
    text = "key_pairs: {office: {}}\ninstances:\n  i: {subnet: public-a, public_ip: true, key_pair: ofice}\n"
    text += "  j: {subnet: public-a, public_ip: true, key_pair: office}\n"
    (found,) = build(tmp_path, NETWORK + text).diagnostics
    assert (found.help, found.related) == ("Did you mean `office`?", ())


@pytest.mark.parametrize(("count", "shown"), [(1, True), (12, True), (13, False)])
def test_where_nothing_is_near_few_choices_are_listed(count: int, shown: bool, tmp_path: Path) -> None:
    names = sorted(f"key-{n}" for n in range(count))
    text = f"key_pairs: {{{', '.join(f'{name}: {{}}' for name in names)}}}\n"
    found = build(tmp_path, NETWORK + text + "instances: {i: {subnet: public-a, public_ip: true, key_pair: zoo}}\n")
    told = next(each for each in found.diagnostics if each.rule.code == "LS201")
    assert told.help == (f"It can be {', '.join(f'`{name}`' for name in names)}." if shown else "")


@pytest.mark.parametrize(
    ("word", "help_"),
    [
        ("PublicA", ""),
        ("WebServer", "Did you mean the member `web-server`?"),
        ("Zebra", "Declare it under `parameters`."),
    ],
)
def test_a_parameter_that_there_is_not_may_be_a_member(word: str, help_: str, tmp_path: Path) -> None:
    text = (
        f"key_pairs: {{web-server: {{}}}}\ninstances: {{i: {{subnet: public-a, public_ip: true, key_pair: {word}}}}}\n"
    )
    found = build(tmp_path, NETWORK + text).diagnostics[0]
    assert found.rule.code == "LS205"
    assert found.help == (help_ or "Did you mean the member `public-a`?")


def test_the_places_of_a_word_are_shown_up_to_a_number(tmp_path: Path) -> None:
    text = "launch_templates:\n" + "".join(f"  t{n}: {{security_groups: absent}}\n" for n in range(9))
    (found,) = build(tmp_path, NETWORK + text).diagnostics
    assert [label.text for label in found.related][2:] == [
        "It is named here, too.",
        "It is named here, too, and in 4 more places.",
    ]


def test_the_members_of_a_family_are_declared_by_one_name(tmp_path: Path) -> None:
    text = ZONES.replace("app:", "ap:") + "instances: {i: {subnet: app-a}, j: {subnet: app-c}}\n"
    assert messages(build(tmp_path, text)) == [
        "LS201 7:15 `ap` is declared here, and named `app-a` and `app-c` everywhere."
    ]


def test_a_name_that_is_not_written_as_one_is_not_missed_where_it_is_named(tmp_path: Path) -> None:
    text = "databases:\n  db:\n    ingress: {}\n    engine: mysql\n    version: 8.4.7\n    subnets: [data-a, data-c]\n"
    text += "    backups: {keep: 1d}\n    replicas: {db1--a: {}}\noutputs: {O: '${{ db-1-a.endpoint }}'}\n"
    assert [finding.split(" ")[:2] for finding in messages(build(tmp_path, NETWORK + text))] == [["LS103", "19:16"]]


def test_names_are_unique_in_their_section_only(tmp_path: Path) -> None:
    text = (
        "security_groups: {server: {vpc: net}}\nkey_pairs: {server: {}}\n"
        "instances: {server: {subnet: public-a, key_pair: server, security_groups: server}}\n"
    )
    assert messages(build(tmp_path, NETWORK + text)) == []


def test_members_inside_two_owners_cannot_share_a_name(tmp_path: Path) -> None:
    text = "  more: {cidr: 10.1.0.0/16, subnets: {data-a: {zone: a, cidr: 10.1.0.0/24, access: isolated}}}\n"
    (found,) = build(tmp_path, NETWORK + text).diagnostics
    assert found.rule.code == "LS204"
    assert found.related[0].span
    assert found.related[0].span.line == 10


# ------------------------------------------------------------------ families

ZONES = """\
vpcs:
  net:
    cidr: 10.0.0.0/16
    zones: [a, c]
    subnets: {app: {access: isolated, cidr: 10.0.16.0/20, each: /24}}
"""


def test_the_name_of_a_family_means_all_of_it_in_a_list(tmp_path: Path) -> None:
    text = "load_balancers: {l: {scheme: internal, subnets: SUBNETS, listeners: {80: {redirect: https}}}}\n"
    for subnets in ("app", "[app]", "[app-a, app-c]"):
        graph = graph_of(tmp_path, ZONES + text.replace("SUBNETS", subnets))
        assert graph.nodes["LLoadBalancer"].body["Properties"]["Subnets"] == [
            {"Ref": "AppASubnet"},
            {"Ref": "AppCSubnet"},
        ]


def test_the_name_of_a_family_is_too_many_for_one(tmp_path: Path) -> None:
    (found,) = build(tmp_path, ZONES + "instances: {i: {subnet: app}}\n").diagnostics
    assert (found.rule.code, found.help) == ("LS203", "Write `app-a` or `app-c`.")


@pytest.mark.parametrize(("name", "meant"), [("app-d", "`app-a` or `app-c`"), ("apps", "`app`")])
def test_the_names_of_a_family_and_its_own_are_offered(name: str, meant: str, tmp_path: Path) -> None:
    text = f"file_systems: {{f: {{subnets: {name}, ingress: {{}}}}}}\n"
    (found,) = build(tmp_path, ZONES + text).diagnostics
    assert found.help == f"Did you mean {meant}?"


# ------------------------------------------------------------------ parameters and expressions


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        (
            "launch_templates: {t: {ingress: {ssh: {port: 22, from: AdminCird}}}}",
            "LS205 There is no parameter `AdminCird`.",
            "Did you mean `AdminCidr`?",
        ),
        (
            "launch_templates: {t: {type: AdminCidr}}",
            "LS207 `AdminCidr` is of type `cidr`; this field takes one of type `instance_type` or `text`.",
            "Give `AdminCidr` the type `instance_type`.",
        ),
        (
            "launch_templates: {t: {when: AdminCidr}}",
            "LS207 `AdminCidr` is of type `cidr`; nothing says that it may be empty.",
            'Give `AdminCidr` the type `boolean` or write `default: ""` at `AdminCidr`.',
        ),
        (
            "launch_templates: {t: {when: Count}}",
            "LS207 `Count` is of type `integer`; nothing says that it may be empty.",
            "Give `Count` the type `boolean`.",
        ),
        (
            "launch_templates: {t: {when: Token}}",
            "LS207 `Token` is of type `secret`; nothing says that it may be empty.",
            'Give `Token` the type `boolean` or write `default: ""` at `Token`.',
        ),
        (
            "launch_templates: {t: {type: Token}}",
            "LS207 `Token` is of type `secret`; this field takes one of type `instance_type` or `text`.",
            "A secret would be shown here: name a parameter of type `instance_type`.",
        ),
        (
            (
                "databases: {d: {ingress: {}, engine: mysql, version: 8.4.7, subnets: [data-a, data-c],"
                " replicas: {r: {zone: Count}}}}"
            ),
            "LS207 `Count` is of type `integer`; this field takes one of type `zone`.",
            "Give `Count` the type `zone` or name `One`, `Two` or `Three`.",
        ),
        ("outputs: {O: '${{ AdminCird }}'}", "LS206 There is no parameter `AdminCird`.", "Did you mean `AdminCidr`?"),
        ("outputs: {O: '${{ server }}'}", "LS206 `server` alone means nothing.", "Say what of it is meant"),
        ("outputs: {O: '${{ aws.regoin }}'}", "LS206 There is no `aws.regoin`.", "Did you mean `region`?"),
        ("outputs: {O: '${{ aws }}'}", "LS206 `aws` alone means nothing.", ""),
        ("outputs: {O: '${{ instances.sever.id }}'}", "LS206 There is no instance `sever`.", "Did you mean `server`?"),
        ("outputs: {O: '${{ sever.id }}'}", "LS206 There is no member `sever`.", "Did you mean `server`?"),
        ("outputs: {O: '${{ server.pubic_ip }}'}", "LS206 An instance has no `pubic_ip`.", "Did you mean `public_ip`?"),
        ("outputs: {O: '${{ instances.server }}'}", "LS206 ", ""),
        (
            "outputs: {O: '${{ instance.server.id }}'}",
            "LS206 There is no section `instance`.",
            "Did you mean `instances.server.id`?",
        ),
        (
            "outputs: {O: '${{ parameters.AdminCidr }}'}",
            "LS206 There is no `parameters.AdminCidr`.",
            "Write `${{ AdminCidr }}`.",
        ),
        (
            "variables: {stage: a}\noutputs: {O: '${{ stage }}'}",
            "LS206 `stage` alone means nothing.",
            "Write `${{ variables.stage }}`.",
        ),
        (
            "launch_templates: {t: {ingress: {ssh: {port: 22, from: WebSg}}}}",
            "LS205 There is no parameter `WebSg`.",
            "Did you mean the member `web-sg`?",
        ),
        (
            "launch_templates: {t: {ingress: {ssh: {port: 22, from: interent}}}}",
            "LS201 There is no member `interent`.",
            "Did you mean `internet`?",
        ),
        ("launch_templates: {t: {image: al2023}}", "LS201 There is no image `al2023`.", "`amazon-linux-2023`"),
        ("outputs: {O: '${{ resources.Queue.Arn }}'}", "LS206 There is no raw resource `Queue`.", ""),
        ("outputs: {O: '${{ resources }}'}", "LS206 `resources` alone means nothing.", ""),
    ],
)
def test_an_expression_that_means_nothing_is_told(text: str, message: str, help_: str, tmp_path: Path) -> None:
    ((found, helped),) = told(tmp_path, text)
    assert found.startswith(message)
    assert help_ in helped


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("AdminCidr", {"Ref": "AdminCidr"}),
        ("aws.region", {"Ref": "AWS::Region"}),
        ("aws.url_suffix", {"Ref": "AWS::URLSuffix"}),
        ("instances.server.id", {"Ref": "ServerInstance"}),
        ("server.id", {"Ref": "ServerInstance"}),
        ("instances.server.PrivateDnsName", {"Fn::GetAtt": ["ServerInstance", "PrivateDnsName"]}),
        ("public-a.id", {"Ref": "PublicASubnet"}),
        ("subnets.public-a.id", {"Ref": "PublicASubnet"}),
        ("vpcs.net.CidrBlock", {"Fn::GetAtt": ["NetVpc", "CidrBlock"]}),
        ("resources.Topic", {"Ref": "Topic"}),
        ("resources.Topic.TopicName", {"Fn::GetAtt": ["Topic", "TopicName"]}),
    ],
)
def test_an_expression_means_a_reference(expression: str, value: object, tmp_path: Path) -> None:
    text = f"resources: {{Topic: {{Type: AWS::SNS::Topic}}}}\noutputs: {{O: '${{{{ {expression} }}}}'}}\n"
    assert graph_of(tmp_path, NETWORK + MORE + text).outputs["O"].body["Value"] == value


def test_every_expression_of_a_text_is_looked_up(tmp_path: Path) -> None:
    text = "outputs: {O: '${{ A }} ${{ server.id }} ${{ b.id }} $${{ C }}'}\n"
    assert [message for message, _ in told(tmp_path, text)] == [
        "LS206 There is no parameter `A`.",
        "LS206 There is no member `b`.",
    ]
