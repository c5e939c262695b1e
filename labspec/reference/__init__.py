"""Models and rules to the pages of the reference and the JSON schema of the language.

Nothing here is imported by a build: what the pages say is read from the classes, their docstrings and the declared
rules when the pages are made.
"""
