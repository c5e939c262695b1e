"""The one reader of templates: any set of CloudFormation stacks, ours or anybody's, joined back into one graph.

A nested build is many templates that speak to one another through parameters and outputs; whoever judges it
(reachability, a difference, permissions) wants the resources and what they truly refer to. So: `read` turns text into
data with long intrinsics and knows the line of every place, and `read_directory`, `read_folder` and `join` follow each
parameter up to what is passed and each output down to what it names, until only resources, the root's parameters and
pseudo parameters are left. Conditions are decided as far as they can be. See `Joined` for the form of the result.

`tree` and `text` read; `intrinsics` and `conditions` evaluate; `parameters`, `scope` and `trace` resolve one stack;
`urls`, `roots` and `join` join stacks; `joined` is the result; `finding` is told of what cannot be read.
"""

from labspec.template.conditions import Condition
from labspec.template.join import SUFFIXES, join, read_directory, read_folder
from labspec.template.joined import Joined, NestedStack, Output, Resource, Unresolved, Wait
from labspec.template.roots import main_template
from labspec.template.text import Template, read
from labspec.template.tree import TemplateError

__all__ = [
    "SUFFIXES",
    "Condition",
    "Joined",
    "NestedStack",
    "Output",
    "Resource",
    "Template",
    "TemplateError",
    "Unresolved",
    "Wait",
    "join",
    "main_template",
    "read",
    "read_directory",
    "read_folder",
]
