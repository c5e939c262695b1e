"""Everything that talks to AWS, and what it says of it.

The one room that imports boto3. `account` opens clients, and `refusal` is what AWS refuses, said plainly; `publication`
gives templates the addresses that they are published under; `bucket` puts them there; `console` makes links;
`deployment` proposes a change set, `changes` tells what it would do, `events` what is done, `standing` what there is.
`website` brings files to their bucket, and `invalidation` has the distribution forget what they were. `machines` finds
a stack's machines, `keys` their private keys (`putty` is the form that PuTTY reads), `ways` the commands to them.
"""
