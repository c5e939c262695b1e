"""One mistake of each class in every scalar of a spec; `python -m tests.planted` plants all of them.

A mistake is told right where one finding comes of it, at the place of the mistake, that shows what was meant where
that can be known. Hints do not count: nothing uses a member whose user lost its line.
"""
