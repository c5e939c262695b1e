"""What is not encrypted is told once: of members by a law, of raw resources by the linter."""

from __future__ import annotations

from pathlib import Path

from labspec.lint import lint, validate
from labspec.linters import VALIDATOR
from tests.building import NETWORK, build


def test_a_database_that_is_not_encrypted_is_told_of_once(tmp_path: Path) -> None:
    text = f"""{NETWORK}databases:
  orders:
    ingress: {{}}
    engine: mysql
    version: 8.4.7
    subnets: [data-a, data-c]
    storage: {{encrypted: false}}
resources:
  Raw:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: mysql
      DBInstanceClass: db.t3.micro
      AllocatedStorage: "20"
      MasterUsername: admin
      ManageMasterUserPassword: true
      StorageEncrypted: false
"""
    made = build(tmp_path, text)
    assert [diagnostic.rule.code for diagnostic in made.diagnostics] == ["LS313"]
    (stack,) = made.stacks
    templates = {name: content for name, content in made.files.items() if name.endswith(".yaml")}
    engines = {VALIDATOR: lambda: validate.findings}
    found = lint(templates, lambda _, place: stack.origin_of(place), engines=engines)
    assert {(d.note[:29], d.path[:2]) for d in found} == {("cloudformation-validate W9008", ("resources", "Raw"))}
