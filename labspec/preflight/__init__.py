"""What will fail, or cost, before it does: read off the finished stacks, without AWS.

A reader of the joined graph alone. `amounts` is how much something can be while parameters and conditions are open;
`machines`, `families` and `networks` count what `needs` sums up for each quota; `names` are those that may be taken,
`places` what a region lacks; `path` finds what a deployment waits for longest, with `durations`; `acknowledged` is what
CloudFormation wants acknowledged; `charges` is what is paid for, `prices` reads what the user brought, and `costs`
multiplies the two. `findings` says what is wrong of it all.
"""
