"""A small spec to deploy, and the command that deploys it."""

from __future__ import annotations

from pathlib import Path

from labspec.cli import main
from tests.emulated.account import BUCKET

ROUTE = "{RouteTableId: rtb-0, DestinationCidrBlock: 10.7.0.0/16, GatewayId: igw-0}"
SITE = """\
labspec: 1
name: site
parameters: {Port: {type: integer, default: 80}, AdminCidr: {type: cidr}}
vpcs:
  net:
    cidr: 10.0.0.0/16
    zones: [a, c]
    nat: single
    subnets:
      public: {cidr: 10.0.0.0/20, each: /24, access: public}
      app: {cidr: 10.0.16.0/20, each: /24, access: private}
instances:
  web: {subnet: app-a, ingress: {ssh: {port: 22, from: AdminCidr}}}
  old: {subnet: app-c, ingress: {ssh: {port: 22, from: net}}}
file_systems:
  shared: {subnets: app, ingress: {nfs: {port: 2049, from: web}}, on_delete: delete}
"""


def deploy(spec: Path, *more: str) -> int:
    wanted = ["--stack", "site", "--bucket", BUCKET, "--create-bucket", "--no-validate"]
    return main(["deploy", str(spec), *wanted, *more])
