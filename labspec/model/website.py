"""Static websites: a bucket, and a distribution before it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator

from labspec.model.kind import Kind, Part
from labspec.model.text import Text
from labspec.model.word import Choice
from labspec.model.words import Boolean, Folder, read_boolean
from labspec.scalar import Scalar


class Cdn(Part):
    """The CloudFront distribution before the bucket."""

    cache: Annotated[Literal["optimized", "disabled"], Choice()] = "optimized"
    """AWS's managed cache policy: `optimized`, or `disabled`."""
    compress: Boolean = True
    """Whether answers are compressed."""
    viewers: Annotated[Literal["redirect-to-https", "http-and-https", "https-only"], Choice()] = "redirect-to-https"
    """What viewers may speak."""
    edges: Annotated[Literal["all", "200", "100"], Choice()] = "all"
    """The price class: all edge locations, or fewer."""
    ipv6: Boolean = True
    """Whether it answers on IPv6."""


def _switch(value: Any) -> Any:
    """`true` is all defaults, `false` is none."""
    if isinstance(value, Scalar) and value.style in ("plain", "quoted"):
        return {} if read_boolean(value) else None
    return value


class Website(Kind):
    """A static website in a bucket, behind CloudFront.

    ```yaml
    websites:
      docs: {content: site}
    ```
    """

    section: ClassVar[str] = "websites"
    suffix: ClassVar[str] = "Website"

    content: Folder
    """The folder of its files. The stack copies them from the bucket of the templates. A flat template that is uploaded
    by itself has no such bucket, and more than 64 MiB are too much: then the output `<Name>UploadCommand` says how."""
    index: Text = Text(("index.html",))
    """The page that answers for `/`."""
    error: Text | None = None
    """The page for what is not there."""
    access: Annotated[Literal["private", "public"], Choice()] = "private"
    """`private`: only the CDN reads the bucket. `public`: anyone does, and the bucket is a website of its own."""
    versioning: Boolean = False
    """Whether the bucket keeps old versions."""
    on_delete: Annotated[Literal["keep", "delete"], Choice()] = "keep"
    """What becomes of the bucket when the website leaves the spec: `delete` empties it, and then it goes."""
    cdn: Annotated[Cdn | None, BeforeValidator(_switch, json_schema_input_type=Boolean | Cdn)] = Cdn()
    """The distribution before it; `false` for none."""
    aws_name: Text | None = None
    """The bucket's name, free in the whole world; AWS makes one up where it is empty."""
