"""Who reaches whom: proved of finished stacks, and not tried.

The question is whether a packet may begin a connection. It is answered as AWS would: the packet leaves an interface if
one of its security groups lets it out, and the subnet's network ACL does; the subnet's route table sends it on by the
longest prefix that fits, within the VPC, through a gateway, or over a peering connection; at the other end the same
things let it in; and answers, which security groups let pass by themselves, have to pass network ACLs and find a way
back. Each of these is a *gate* (`flow`), and no gate is asked for single packets: it says which ports pass, as ranges,
for one pair of ends at a time, and what is outside of the stacks is first cut into pieces that no rule tells apart.
So an answer holds for every address and every port, and nothing is sampled.

Much is not known before deployment: a parameter's value, what exists already, a type that is not modelled, a condition.
So every gate has two answers: what *certainly* passes and what *perhaps* does. That something is reachable is proved
by what certainly passes everywhere, that it is blocked by what does not even perhaps. All else is unknown, and unknown
is never taken for proved.

`survey` reads the networks of joined stacks and `residents` who stands in them, both into a `Site`; `ends` finds out
whom a name means, `flow` follows one connection, `balancing` what is behind a load balancer, `website` who reads a
bucket; `question` puts them together, `proof` holds sentences against the answers, `matrix` asks everybody about
everybody, and `words` and `findings` say what came of it.
"""

from labspec.reach.findings import IDLE, REFUTED, UNPROVED, findings, idle
from labspec.reach.proof import Proof, proofs
from labspec.reach.residents import settle
from labspec.reach.site import At, Site
from labspec.reach.survey import survey
from labspec.template import Joined

__all__ = ["IDLE", "REFUTED", "UNPROVED", "At", "Proof", "Site", "findings", "idle", "proofs", "site_of"]


def site_of(joined: Joined) -> Site:
    """The networks of joined stacks, and who stands in them."""
    site = survey(joined)
    settle(site, joined)
    return site
