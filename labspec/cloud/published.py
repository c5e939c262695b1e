"""Where the templates of a stack that stands were published."""

from __future__ import annotations

import re
from typing import Any

from labspec.cloud.fates import resources
from labspec.cloud.standing import STACK, Standing

URL = re.compile(r"https://(?:s3[.-][^/]+/(?P<path>[^/]+)|(?P<host>[^/]+?)\.s3[.-][^/]+)/(?P<folder>.*/)?[^/]+/[^/]+")
"""An address in S3, by path or by host (`Methods for accessing a bucket`, Amazon S3 User Guide). Above the template is
the folder of its digest, and above that the one that it was published to."""


def place(cloudformation: Any, stack: Standing) -> str:
    """The bucket and folder of its nested stacks' templates: `s3://my-templates/labspec/`.

    Empty where it has none: AWS does not say where a template without nested ones came from.
    """
    if not stack.nested:
        return ""
    bodies = resources(cloudformation, stack).values()
    urls = [str(body.get("Properties", {}).get("TemplateURL", "")) for body in bodies if body.get("Type") == STACK]
    found = next((match for url in urls if (match := URL.fullmatch(url))), None)
    return f"s3://{found['path'] or found['host']}/{found['folder'] or ''}" if found else ""
