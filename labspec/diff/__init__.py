"""What becomes of each resource where one set of stacks takes the place of another.

It is told from two joined graphs and from what AWS's schemas and documentation say of updates, without asking AWS.
`compare` pairs resources by logical id, whatever stack they stand in; compares what they say, however it is written;
judges what each edit does; follows what is replaced through every reference, until nothing more is replaced; and says
what would be lost, and what AWS would refuse.

`matching` pairs; `canonical` and `comparing` find edits; `effects`, with the tables `decided`, `interruptions` and
`defaults`, judges them; `spreading` follows; `losses`, `moves`, `names` and `onces` look at the whole; `difference`
is the result.
"""

from labspec.diff.compare import compare
from labspec.diff.difference import ABSENT, Change, Difference, Edit, Loss, OutputChange, Refusal

__all__ = ["ABSENT", "Change", "Difference", "Edit", "Loss", "OutputChange", "Refusal", "compare"]
