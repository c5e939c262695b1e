"""Everything that talks to AWS, and what it says of it.

The one room that imports boto3. `account` opens clients, and `refusal` is what AWS refuses, said plainly; `publication`
gives templates the addresses that they are published under; `bucket` puts them there; `console` makes links;
`deployment` proposes a change set, `changes` tells what it would do, `events` what is done; `standing` is a stack as it
stands. `teardown` deletes one: `fates` is what becomes of what it holds, `holdings` what is in that, `protection` what
is in the way, `emptying` clears buckets, and `leftovers` is what stays in the account.
"""
