"""An account of AWS in memory, as far as a Lambda function under test sees it.

EC2 makes images that take time, and refuses what botocore's model of EC2 does not know; Lambda keeps the events that a
function sends itself; the clock moves only when somebody sleeps. CloudFormation's response URL is a real HTTP server.
moto is not used here: it cannot tag the snapshots of a new image, and its images are ready at once.
"""

import functools
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

Json = dict[str, Any]

FUNCTION_NAME = "labspec-images"
LAMBDA_SECONDS = 900

STACK_ID = "arn:aws:cloudformation:ap-northeast-2:000000000000:stack/lab-compute/6f2a1c30-0b1e-11f1-8a3e-0a1b2c3d4e5f"
ONE, OTHER = "i-0000000000000000a", "i-0000000000000000b"
FIRST, SECOND = "ami-00000000000000001", "ami-00000000000000002"
FIRST_SNAPSHOT, SECOND_SNAPSHOT = "snap-00000000000000001", "snap-00000000000000002"
INVENTED = "lab-compute-WebImage-1ABCDEF"


def event(request_type: str, instance: str = ONE, physical_id: str = "", **properties: Any) -> Json:
    """Compose an event as CloudFormation sends it; it turns every scalar of the properties into text."""
    composed = {
        "RequestType": request_type,
        "StackId": STACK_ID,
        "RequestId": f"{request_type}-{instance}-{physical_id}",
        "LogicalResourceId": "WebImage",
        "ResourceType": "Custom::Image",
        "ResourceProperties": {"ServiceToken": "arn", "InstanceId": instance, **properties},
    }
    return {**composed, "PhysicalResourceId": physical_id} if physical_id else composed


def update(before: Json, after: Json, physical_id: str) -> Json:
    """Compose the event of a changed resource, from its former properties and its present ones."""
    properties = {"ServiceToken": "arn"}
    return {
        **event("Update", after["InstanceId"], physical_id),
        "ResourceProperties": properties | after,
        "OldResourceProperties": properties | before,
    }


def tags(**values: str) -> list[Json]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


@functools.cache
def model_of(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


def validate(service: str, operation: str, request: Json) -> None:
    shape = model_of(service).operation_model(operation).input_shape
    assert shape is not None
    faults = ParamValidator().validate(request, shape)
    assert not faults.has_errors(), faults.generate_report()


def refusal(code: str, message: str = "no", operation: str = "Operation") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@dataclass
class Clock:
    now: float = 1_790_000_000.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Context:
    """One invocation, which lasts as long as Lambda lets it."""

    clock: Clock
    end: float
    function_name: str = FUNCTION_NAME
    log_stream_name: str = "2026/11/23/[$LATEST]0123456789abcdef"

    def get_remaining_time_in_millis(self) -> int:
        return int((self.end - self.clock.now) * 1000)


@dataclass
class Ec2:
    """EC2's images and snapshots. Seconds say when, after its making, an image is seen, and when it is done."""

    clock: Clock
    seconds_to_done: float = 200
    seconds_to_seen: float = 0
    done: str = "available"
    images: dict[str, Json] = field(default_factory=dict)
    snapshots: dict[str, Json] = field(default_factory=dict)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    errors: dict[str, list[Exception]] = field(default_factory=dict)
    made: int = 0
    undeleted: str = ""  # the return code of snapshots that DeregisterImage leaves
    lingering: bool = False  # whether a deleted snapshot is still listed; nobody has a right to it any more

    def __getattr__(self, method: str) -> Any:
        """Let every method of the client pass through `call`, as botocore does."""
        return functools.partial(self.call, method)

    def call(self, method: str, **request: Any) -> Json:
        operation = "".join(word.capitalize() for word in method.split("_"))
        validate("ec2", operation, request)
        self.calls.append((operation, request))
        if self.errors.get(operation):
            raise self.errors[operation].pop(0)
        answer: Json = getattr(self, f"on_{method}")(request) or {}
        return answer

    def operations(self) -> list[str]:
        return [operation for operation, _ in self.calls]

    def on_create_image(self, request: Json) -> Json:
        name = request["Name"]
        if any(image["Name"] == name for image in self.images.values()):
            raise refusal("InvalidAMIName.Duplicate", f"AMI name {name} is already in use")
        self.made += 1
        image_id, snapshot_id = f"ami-{self.made:017x}", f"snap-{self.made:017x}"
        tags = {specification["ResourceType"]: specification["Tags"] for specification in request["TagSpecifications"]}
        self.snapshots[snapshot_id] = {"Tags": list(tags["snapshot"])}
        self.images[image_id] = {
            "Name": name,
            "Tags": list(tags["image"]),
            "Made": self.clock.now,
            "BlockDeviceMappings": [
                {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
                {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot_id}},
            ],
        }
        return {"ImageId": image_id}

    def on_describe_images(self, request: Json) -> Json:
        assert request["Owners"] == ["self"]
        (condition,) = request["Filters"]
        found = []
        for image_id, image in self.images.items():
            age = self.clock.now - image["Made"]
            shown = {"name": image["Name"], "image-id": image_id}[condition["Name"]] in condition["Values"]
            if shown and age >= self.seconds_to_seen:
                state = self.done if age >= self.seconds_to_done else "pending"
                reason = {} if state != "failed" else {"StateReason": {"Message": "Client.InternalError"}}
                found.append({**image, "ImageId": image_id, "State": image.get("State", state), **reason})
        return {"Images": found}

    def on_deregister_image(self, request: Json) -> Json:
        image = self.images.pop(request["ImageId"], None)
        if image is None:
            raise refusal("InvalidAMIID.Unavailable")
        assert request["DeleteAssociatedSnapshots"]
        disks = [mapping["Ebs"]["SnapshotId"] for mapping in image["BlockDeviceMappings"][1:]]
        for disk in disks if not self.undeleted and not self.lingering else []:
            self.snapshots.pop(disk, None)
        code = self.undeleted or "success"
        return {"DeleteSnapshotResults": [{"SnapshotId": disk, "ReturnCode": code} for disk in disks]}

    def on_describe_snapshots(self, request: Json) -> Json:
        assert request["OwnerIds"] == ["self"]
        (condition,) = request["Filters"]
        key = condition["Name"].removeprefix("tag:")
        wanted = [{"Key": key, "Value": value} for value in condition["Values"]]
        matching = [name for name, snapshot in self.snapshots.items() if any(tag in snapshot["Tags"] for tag in wanted)]
        return {"Snapshots": [{"SnapshotId": name} for name in matching]}

    def on_delete_snapshot(self, request: Json) -> None:
        name = request["SnapshotId"]
        if self.lingering:
            raise refusal("UnauthorizedOperation")
        if any(name in str(image["BlockDeviceMappings"]) for image in self.images.values()):
            raise refusal("InvalidSnapshot.InUse")
        del self.snapshots[name]

    def on_create_tags(self, request: Json) -> None:
        self.on_delete_tags(request)
        for resource in request["Resources"]:
            self.tagged(resource)["Tags"] += request["Tags"]

    def on_delete_tags(self, request: Json) -> None:
        keys = {tag["Key"] for tag in request["Tags"]}
        for resource in request["Resources"]:
            tagged = self.tagged(resource)
            tagged["Tags"] = [tag for tag in tagged["Tags"] if tag["Key"] not in keys]

    def tagged(self, resource: str) -> Json:
        return self.images[resource] if resource.startswith("ami-") else self.snapshots[resource]

    def tags_of(self, resource: str) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self.tagged(resource)["Tags"]}


@dataclass
class Lambda:
    """Lambda, as far as a function invokes itself."""

    queue: list[Json] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def invoke(self, **request: Any) -> None:
        validate("lambda", "Invoke", request)
        assert (request["FunctionName"], request["InvocationType"]) == (FUNCTION_NAME, "Event")
        if self.errors:
            raise self.errors.pop(0)
        self.queue.append(json.loads(request["Payload"]))


@dataclass
class Answers:
    """What came to the response URL, and the status codes that it gives before it takes an answer."""

    url: str
    refusals: list[int] = field(default_factory=list)
    taken: list[Json] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    content_types: list[str | None] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Answers]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = answers.refusals.pop(0) if answers.refusals else 200
            if status == 200:
                answers.sizes.append(len(body))
                answers.content_types.append(self.headers["Content-Type"])
                answers.taken.append(json.loads(body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        answers = Answers(f"http://127.0.0.1:{server.server_address[1]}/answer?X-Amz-Signature=abc")
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield answers
        server.shutdown()


@dataclass
class Account:
    """The account with one function in it, made of the text that a template would carry."""

    clock: Clock
    ec2: Ec2
    functions: Lambda
    answers: Answers
    module: Json
    seconds: float = LAMBDA_SECONDS
    invocations: int = 0

    def send(self, event: Json) -> Json:
        """Send an event to the function, and run what it sends itself; give the one answer that comes."""
        before = len(self.answers.taken)
        self.invoke({**event, "ResponseURL": self.answers.url})
        while self.functions.queue:
            self.invoke(self.functions.queue.pop(0))
        (answer,) = self.answers.taken[before:]
        return answer

    def invoke(self, event: Json) -> None:
        """Run one invocation with the event, as it would arrive: as JSON of its own."""
        self.invocations += 1
        self.module["handler"](json.loads(json.dumps(event)), Context(self.clock, self.clock.now + self.seconds))


def account_with(text: str, answers: Answers, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Make an account whose function has this text."""
    clock, functions = Clock(), Lambda()
    ec2 = Ec2(clock)
    services = {"ec2": ec2, "lambda": functions}
    monkeypatch.setitem(sys.modules, "boto3", SimpleNamespace(client=services.__getitem__))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    module: Json = {"__name__": "index"}
    exec(compile(text, "index.py", "exec"), module)
    module["time"] = clock
    return Account(clock, ec2, functions, answers, module)
