"""The linters that are asked, by the names that their projects have. Nothing is imported: `--help` needs the names."""

from __future__ import annotations

VALIDATOR = "cloudformation-validate"
CFN_LINT = "cfn-lint"
LINTERS = (VALIDATOR, CFN_LINT)
