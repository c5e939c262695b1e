"""Everything that talks to AWS, and what it says of it.

The one room that imports boto3. `account` opens clients, and `refusal` is what AWS refuses, said plainly; `publication`
gives templates the addresses that they are published under; `bucket` puts them there; `console` makes links;
`deployment` proposes a change of a stack as one of `change_sets`, `objections` is what AWS finds wrong with it
beforehand, `changes` reads what it would do, `risk` holds back what would be lost, `former` knows what members were
called, `forecast` tells it; `execution` carries it out, `events` tells what is done, `course` how far that has come;
`standing` is a stack as it stands. `history` reads the last operation on a stack, `causes` finds in it what failed
first, `known` what helps, and `verdict` makes a finding of it. `teardown` deletes a stack: `fates` is what becomes of
what it holds, `holdings` what is in that, `protection` what is in the way, `emptying` clears buckets, and `leftovers`
is what stays in the account. `website` brings files to their bucket, and `invalidation` has the distribution forget
what they were. `machines` finds a stack's machines, `keys` their private keys (`putty` is the form that PuTTY reads),
`ways` the commands to them; `parallel` makes several calls at once. `foresight` asks what an account
may have and has before anything is made, with `usage`, and `offers` asks for prices.
"""
