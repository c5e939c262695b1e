"""Everything that talks to AWS, and what it says of it.

The one room that imports boto3. `account` opens clients, and `refusal` is what AWS refuses, said plainly; `publication`
gives templates the addresses that they are published under; `bucket` puts them there; `console` makes links;
`deployment` proposes a change set, `changes` tells what it would do, `events` what is done. `history` reads the last
operation on a stack, `causes` finds in it what failed first, `known` what helps, and `verdict` makes a finding of it.
"""
