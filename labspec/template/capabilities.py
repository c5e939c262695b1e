"""What has to be acknowledged of templates before CloudFormation takes them."""

from __future__ import annotations

NAMED_IAM = "CAPABILITY_NAMED_IAM"
AUTO_EXPAND = "CAPABILITY_AUTO_EXPAND"


def capabilities(*, has_roles: bool, templates: int) -> list[str]:
    """The capabilities (`CreateChangeSet Capabilities`): for what permits something, and for templates in others."""
    return [*([NAMED_IAM] if has_roles else []), *([AUTO_EXPAND] if templates > 1 else [])]
