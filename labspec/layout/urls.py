"""Where the root finds its nested templates."""

from __future__ import annotations

from typing import Any, Literal

from labspec.graph import Body, Stack

Urls = Literal["parameters", "relative"]

TEMPLATE_BUCKET, TEMPLATE_FOLDER = "TemplateBucket", "TemplateFolder"
TEMPLATE_URL = "Labspec::TemplateURL"
BUCKET_NAME = r"[a-z0-9]+((-+|\.)[a-z0-9]+)*"


def with_urls(root: Stack, digest: str, form: Urls, suffix: str) -> Stack:
    """The root with the addresses of its nested templates.

    `parameters` composes them of two parameters (bucket and folder) and `digest`, which is literal text: a new build
    has new addresses, so CloudFormation sees that the nested stacks changed, and what was uploaded before stays.
    """
    template = dict(root.template)
    template["Resources"] = {key: _located(body, digest, form, suffix) for key, body in template["Resources"].items()}
    if form == "parameters" and len(template["Resources"]):
        template = _with_location(template)
    return root._replace(template=template)


def _located(body: Body, digest: str, form: Urls, suffix: str) -> Body:
    name = body["Properties"]["TemplateURL"][TEMPLATE_URL]
    url: Any = f"./{name}{suffix}"
    if form == "parameters":
        base = f"https://${{{TEMPLATE_BUCKET}}}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}/${{{TEMPLATE_FOLDER}}}"
        url = {"Fn::Sub": f"{base}/{digest}/{name}{suffix}"}
    return {**body, "Properties": {**body["Properties"], "TemplateURL": url}}


def _with_location(template: Body) -> Body:
    parameters = {
        TEMPLATE_BUCKET: {
            "Type": "String",
            "Description": "A bucket in this region that holds the nested templates; build prints where to copy them",
            "AllowedPattern": BUCKET_NAME,
            "MaxLength": 63,
            "ConstraintDescription": "The name of a bucket: 3 to 63 lower-case letters, digits, dots and dashes.",
        },
        TEMPLATE_FOLDER: {
            "Type": "String",
            "Default": "labspec",
            "Description": "The folder in that bucket",
            "AllowedPattern": "[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*",
            "ConstraintDescription": "Letters, digits, dashes and single slashes between.",
        },
    }
    console = template.get("Metadata", {}).get("AWS::CloudFormation::Interface", {})
    groups = [*console.get("ParameterGroups", []), {"Label": {"default": "Templates"}, "Parameters": list(parameters)}]
    labels = {
        **console.get("ParameterLabels", {}),
        TEMPLATE_BUCKET: {"default": "Bucket of the templates"},
        TEMPLATE_FOLDER: {"default": "Folder of the templates"},
    }
    interface = {"AWS::CloudFormation::Interface": {"ParameterGroups": groups, "ParameterLabels": labels}}
    head = {key: template[key] for key in ("AWSTemplateFormatVersion", "Description")}
    declared = {"Metadata": interface, "Parameters": {**template.get("Parameters", {}), **parameters}}
    return {**head, **declared, **{key: value for key, value in template.items() if key not in (*head, *declared)}}
