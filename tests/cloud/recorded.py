"""AWS's answers as a test writes them down, to whatever client asks. Neither has what AWS's models do not know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import validate_parameters

from tests.cloud.cloudformation import arn


class Answers:
    """What AWS answers, and what it was asked.

    What AWS lists in pages comes in pages of `page` things, by boto3's own word of what is a page: who reads the first
    alone misses the rest. What nothing is said of is refused.
    """

    def __init__(self, page: int = 1) -> None:
        self.page = page
        self.told: dict[str, Any] = {}
        """By operation: an answer, an error, or what makes one of these of a request."""
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def stands(self, held: Iterable[dict[str, str]], exported: str = "", **said: Any) -> None:
        """There is the stack `lab`, and this is what it holds, to go with it."""
        resources = [*held]
        outputs = [{"OutputKey": "Out", "OutputValue": "x", **({"ExportName": exported} if exported else {})}]
        stack = {"StackId": arn("lab"), "StackName": "lab", "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
        self.told |= {
            "DescribeStacks": {"Stacks": [{**stack, "Tags": [{"Key": "labspec:spec", "Value": "test"}], **said}]},
            "ListStackResources": {"StackResourceSummaries": resources},
            "GetTemplate": {"TemplateBody": {"Resources": {each["LogicalResourceId"]: {} for each in resources}}},
            "ListChangeSets": {"Summaries": []},
        }

    def requests(self, operation: str) -> list[dict[str, Any]]:
        """What was asked for by an operation, in order."""
        return [request for name, request in self.asked if name == operation]

    def call(self, client: Any, operation: str, request: dict[str, Any]) -> Any:
        """Answer a client, in the place of its `_make_api_call`."""
        self.asked.append((operation, request))
        model = client.meta.service_model.operation_model(operation)
        validate_parameters(request, model.input_shape)
        said = self.told.get(operation, error("AccessDenied", operation))
        said = said(request) if callable(said) else said
        if isinstance(said, Exception):
            raise said
        if model.output_shape is not None:
            _check(said, model.output_shape)
        return self._paged(client, xform_name(operation), request, said)

    def _paged(self, client: Any, method: str, request: Mapping[str, Any], said: dict[str, Any]) -> dict[str, Any]:
        if not client.can_paginate(method):
            return said
        form = client.get_paginator(method)._pagination_cfg
        key, sent, given = (_first(form[name]) for name in ("result_key", "input_token", "output_token"))
        start = int(request.get(sent, 0))
        end = start + self.page
        goes_on = end < len(said.get(key, ()))
        more = {form["more_results"]: goes_on} if "more_results" in form else {}
        return {**said, key: said.get(key, [])[start:end], **more, **({given: str(end)} if goes_on else {})}


def _check(said: Any, shape: Any) -> None:
    """That an answer has no member that AWS's model of it has not."""
    if isinstance(said, dict) and shape.type_name == "structure":
        assert said.keys() <= shape.members.keys(), (said, shape)
        for name, value in said.items():
            _check(value, shape.members[name])
    elif isinstance(said, list):
        for each in said:
            _check(each, shape.member)


def _first(names: Any) -> str:
    return str(names if isinstance(names, str) else names[0])


def error(code: str, operation: str = "Any", message: str = "No.", status: int = 400) -> ClientError:
    how: Any = {"HTTPStatusCode": status, "RetryAttempts": 0}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": how}, operation)
