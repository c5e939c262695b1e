"""The least permissions that deploy these stacks, read from what was emitted.

`needs` gathers them: what AWS's schemas say that CloudFormation calls for each resource (`handlers`), what those leave
out (`gaps`), the roles that are handed on (`roles`), and what labspec's own commands call (`commands`). `authority`
reads which resources and condition keys each action takes, `names` what the stacks' resources are called, and `scope`
puts the two together. `policy` merges needs into statements and splits them into policies, `deployer` makes a template
of a role that holds them, `change` compares two builds, and `findings` judges.
"""

from labspec.iam.authority import Authority, read_authority
from labspec.iam.change import Change, change
from labspec.iam.commands import CALLS
from labspec.iam.deployer import deployer
from labspec.iam.findings import findings
from labspec.iam.need import Need, Needs, Setting
from labspec.iam.needs import needs
from labspec.iam.policy import LONGEST, Place, Statement, document, placed, policies, size, statements

__all__ = [
    "CALLS",
    "LONGEST",
    "Authority",
    "Change",
    "Need",
    "Needs",
    "Place",
    "Setting",
    "Statement",
    "change",
    "deployer",
    "document",
    "findings",
    "needs",
    "placed",
    "policies",
    "read_authority",
    "size",
    "statements",
]
