"""Everything that talks to AWS, and what it says of it.

The one room that imports boto3. `account` opens clients, and `refusal` is what AWS refuses, said plainly; `publication`
gives templates the addresses that they are published under; `bucket` puts them there; `console` makes links;
`deployment` proposes a change set, `changes` reads what it would do, `risk` holds back what would be lost, `forecast`
tells it; `execution` carries it out, `events` tells what is done, `course` how far that has come; `standing` is a stack
as it stands.
"""
