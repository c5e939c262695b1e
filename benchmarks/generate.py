"""Specs of any size for the measurements: sites all alike, each a network with what a small company runs in it."""

from __future__ import annotations

PER_SITE = 50
"""Resources of a site. `run.py` compares it with what is compiled."""
IN_A_STACK = 8
"""So that no template comes near CloudFormation's 500 resources, 200 parameters and 200 outputs."""

HEAD = """\
labspec: 1
name: sites
parameters:
  AdminCidr: {type: cidr, description: Where SSH may come from}
"""

SITE = {
    "vpcs": """\
  net-%(n)s:
    cidr: 10.%(n)s.0.0/16
    zones: [a, c]
    nat: single
    subnets:
      public-%(n)s: {access: public, cidr: 10.%(n)s.0.0/20, each: /24}
      app-%(n)s: {access: private, cidr: 10.%(n)s.16.0/20, each: /24}
""",
    "security_groups": """\
  front-sg-%(n)s:
    ingress:
      http: {port: 80, from: internet}
  web-sg-%(n)s:
    ingress:
      ssh: {port: 22, from: AdminCidr}
      http: {port: 80, from: front-sg-%(n)s}
  data-sg-%(n)s:
    ingress:
      nfs: {port: 2049, from: web-sg-%(n)s}
      mysql: {port: 3306, from: web-sg-%(n)s}
""",
    "instances": """\
  admin-%(n)s:
    subnet: public-%(n)s-a
    type: t3.micro
    image: amazon-linux-2023
    elastic_ip: true
    security_groups: [web-sg-%(n)s]
    setup:
      packages: [httpd]
      files: {/var/www/html/index.html: {text: "Site %(n)s in ${{ aws.region }}"}}
      services: [httpd]
  worker-%(n)s: {subnet: app-%(n)s-c, type: t3.micro, image: amazon-linux-2023, security_groups: [web-sg-%(n)s]}
""",
    "target_groups": """\
  web-%(n)s: {port: 80, targets: [admin-%(n)s, worker-%(n)s], health_check: {path: /index.html}}
""",
    "load_balancers": """\
  front-%(n)s:
    scheme: internet-facing
    subnets: public-%(n)s
    security_groups: [front-sg-%(n)s]
    listeners: {80: web-%(n)s}
""",
    "file_systems": """\
  shared-%(n)s:
    subnets: app-%(n)s
    security_groups: [data-sg-%(n)s]
    silence: {unused-member: it is there for its mount targets}
""",
    "databases": """\
  orders-%(n)s:
    engine: mysql
    version: 8.4.7
    class: db.t3.micro
    storage: {size: 20GiB}
    subnets: app-%(n)s
    security_groups: [data-sg-%(n)s]
    username: admin
    password: generated
""",
    "outputs": """\
  Front%(n)s: ${{ load_balancers.front-%(n)s.url }}
""",
}
"""What a site has, by section of the spec."""

PLACED = (
    "vpcs.net",
    "security_groups.front-sg",
    "security_groups.web-sg",
    "security_groups.data-sg",
    "instances.admin",
    "instances.worker",
    "target_groups.web",
    "load_balancers.front",
    "file_systems.shared",
    "databases.orders",
)
"""What the layout places, all of a site in one stack."""


def spec(sites: int) -> str:
    """A spec of so many sites."""
    numbers = range(1, sites + 1)
    sections = [f"{section}:\n" + "".join(text % {"n": n} for n in numbers) for section, text in SITE.items()]
    stacks = [_stack(list(numbers)[first : first + IN_A_STACK]) for first in range(0, sites, IN_A_STACK)]
    return "".join([HEAD, *sections, "layout:\n  stacks:\n", *stacks])


def _stack(numbers: list[int]) -> str:
    return f"    sites-{numbers[0]}: [{', '.join(f'{member}-{n}' for n in numbers for member in PLACED)}]\n"
