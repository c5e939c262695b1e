"""Where the root finds its nested templates."""

from __future__ import annotations

from typing import Any, Literal

from labspec.graph import LOCATION, LOCATION_GROUP, TEMPLATE_BUCKET, TEMPLATE_FOLDER, Body, Stack

Urls = Literal["parameters", "relative"]

TEMPLATE_URL = "Labspec::TemplateURL"


def with_urls(root: Stack, digest: str, form: Urls, suffix: str) -> Stack:
    """The root with the addresses of its nested templates.

    `parameters` composes them of two parameters (bucket and folder) and `digest`, which is literal text: a new build
    has new addresses, so CloudFormation sees that the nested stacks changed, and what was uploaded before stays.
    """
    template = dict(root.template)
    template["Resources"] = {key: _located(body, digest, form, suffix) for key, body in template["Resources"].items()}
    if form == "parameters" and TEMPLATE_BUCKET not in template.get("Parameters", {}):
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
    console = template.get("Metadata", {}).get("AWS::CloudFormation::Interface", {})
    label, labels = LOCATION_GROUP
    groups = [*console.get("ParameterGroups", []), {"Label": {"default": label}, "Parameters": list(LOCATION)}]
    labelled = console.get("ParameterLabels", {}) | {name: {"default": text} for name, text in labels.items()}
    interface = {"AWS::CloudFormation::Interface": {"ParameterGroups": groups, "ParameterLabels": labelled}}
    head = {key: template[key] for key in ("AWSTemplateFormatVersion", "Description")}
    declared = {"Metadata": interface, "Parameters": {**template.get("Parameters", {}), **LOCATION}}
    return {**head, **declared, **{key: value for key, value in template.items() if key not in (*head, *declared)}}
