"""The Lambda function behind `Custom::Image`: it makes an AMI from an instance, and removes it again.

It runs in the user's account as the inline code of a function: it knows nothing of labspec, uses only what Lambda's
Python runtime carries, and sends its own answer to CloudFormation.

Every event is handled by one move, repeated until it gives an answer: look at what exists, do the next thing that is
missing. An image is known by its name, a function of the stack, the logical id and the instance. So a retried event,
a duplicate or a rollback finds the image that is there and makes no second one; a changed instance has another name,
another image and another physical id, and CloudFormation deletes the old one when its users have moved.

Three tags carry what a later event must know: `labspec:image`, the name, is on the snapshots too, so that one whose
image is gone can be found; `labspec:image-maker`, this function's name, is what its permissions are tied to;
`labspec:in-use` says that the image's id was handed to CloudFormation as a physical id.

A Delete of `ami-...` means that image. A Delete of `no-image` follows a Create that we reported as failed: it means
what was begun under the name, unless a later Create has succeeded with it. Any other id is CloudFormation's invention
for a Create that it stopped waiting for: it means whatever bears the name. To find nothing is success.

Shortly before its end, an invocation hands the event and what it knows (`Progress`) to the next one. It gives up, with
a reason, before CloudFormation would time out without one.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from typing import TYPE_CHECKING

import boto3

from labspec.lambdas.answer import LOG, failure, send, success

if TYPE_CHECKING:
    from typing import Any, Protocol

    # The events and EC2's answers are JSON of other people's making, and the stubs of boto3 are not a dependency.
    Json = dict[str, Any]

    class Context(Protocol):
        """What Lambda tells a function about its invocation."""

        function_name: str
        log_stream_name: str

        def get_remaining_time_in_millis(self) -> int:
            """Say how long this invocation may still run."""


IMAGE_TAG = "labspec:image"
MAKER_TAG = "labspec:image-maker"
IN_USE_TAG = "labspec:in-use"
SERVICE_TIMEOUT = 3600  # CloudFormation's default and maximum
POLL_SECONDS = 15  # as the AWS SDK's own waiter for images
RESERVE_MILLIS = 90_000  # five attempts to send the answer take 65 seconds at most
MOST_INVOCATIONS = 8  # Lambda takes more than 16 of one chain for a runaway loop
MOST_MISSES = 8  # EC2 is eventually consistent: a new image may be unseen for a while
NO_IMAGE = "no-image"
WAITING = ("pending", "transient")
NAME_TAKEN = ("InvalidAMIName.Duplicate",)
IMAGE_GONE = ("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable")
SNAPSHOT_SPARED = ("InvalidSnapshot.NotFound", "InvalidSnapshot.InUse")  # gone, or under somebody else's image


def handler(event: Json, context: Context) -> None:
    """Handle one event of CloudFormation, and answer it exactly once, or hand it to the next invocation."""
    LOG.setLevel(logging.INFO)
    LOG.info("%s %s %s", event["RequestType"], event["LogicalResourceId"], event.get("PhysicalResourceId", ""))
    try:
        answer = work(event, context)
    except Exception as error:  # whatever went wrong, CloudFormation must hear of it now rather than in an hour
        LOG.exception("failed")
        answer = failure(event, f"{type(error).__name__}: {error}", NO_IMAGE)
    if answer is None:
        return
    if answer["Status"] == "FAILED":
        answer["Reason"] += f" (log stream {context.log_stream_name})"
        if event["RequestType"] != "Delete":
            discard(event, "ResourceProperties", even_in_use=False)
    send(event, answer)


def work(event: Json, context: Context) -> Json | None:
    """Look and act until there is an answer; None when the next invocation goes on with it."""
    ec2 = boto3.client("ec2")
    allowed = int(event["ResourceProperties"].get("ServiceTimeout", SERVICE_TIMEOUT))
    deadline = time.time() + allowed * 11 / 12  # CloudFormation's clock is ahead of ours, and the answer takes time
    progress = event.setdefault("Progress", {"Invocation": 1, "Deadline": deadline})
    while True:
        ending = context.get_remaining_time_in_millis() < RESERVE_MILLIS
        late = time.time() > progress["Deadline"] or (ending and progress["Invocation"] >= MOST_INVOCATIONS)
        answer = unmake(event, ec2, late) if event["RequestType"] == "Delete" else make(event, ec2, context)
        if answer is not None:
            return answer
        if late:
            return failure(event, f"Gave up waiting for {image_name(event)}: {progress['Seen']}", NO_IMAGE)
        if ending:
            invoke_again(event, context)
            return None
        time.sleep(POLL_SECONDS)


def invoke_again(event: Json, context: Context) -> None:
    """Hand the event, and how far it has come, to a new invocation of this function."""
    event["Progress"]["Invocation"] += 1
    LOG.info("going on in invocation %s", event["Progress"]["Invocation"])
    payload = json.dumps(event).encode()
    boto3.client("lambda").invoke(FunctionName=context.function_name, InvocationType="Event", Payload=payload)


def make(event: Json, ec2: Any, context: Context) -> Json | None:
    """Bring the image a step nearer: create it, wait for it, or report it."""
    progress = event["Progress"]
    begun = progress.get("ImageId")
    image = find(ec2, "image-id", begun) if begun else find(ec2, "name", image_name(event))
    if image is None and begun:
        return unseen(event)
    if image is None:
        create(event, ec2, context)
        return None
    progress.update(ImageId=image["ImageId"], Misses=0)
    note(event, f"{image['ImageId']} is {image['State']}")
    if image["State"] in WAITING:
        return None
    if image["State"] != "available":
        reason = image.get("StateReason", {}).get("Message", "EC2 gives no reason")
        return failure(event, f"{progress['Seen']}: {reason}", NO_IMAGE)
    update_tags(event, ec2, context, image)
    if event["RequestType"] == "Update" and image_name(event, "OldResourceProperties") != image_name(event):
        # Its own image is kept for the Delete to come; any other is of an Update that was cancelled and rolled back.
        discard(event, "OldResourceProperties", even_in_use=True)
    return success(image["ImageId"], ImageId=image["ImageId"])


def create(event: Json, ec2: Any, context: Context) -> None:
    """Begin the image, unless an invocation that is as eager has just begun it under the same name."""
    properties, tags = event["ResourceProperties"], pairs(wanted_tags(event, context))
    made = tolerate(
        NAME_TAKEN,
        ec2.create_image,
        InstanceId=properties["InstanceId"],
        Name=image_name(event),
        NoReboot=str(properties.get("Reboot", "true")).lower() == "false",
        TagSpecifications=[{"ResourceType": kind, "Tags": tags} for kind in ("image", "snapshot")],
    )
    event["Progress"]["ImageId"] = made.get("ImageId")
    note(event, f"{made['ImageId']} was begun" if made else "its name is taken by an image that is not seen")


def note(event: Json, seen: str) -> None:
    """Log what was seen, and keep it for the reason if it is the last thing seen."""
    event["Progress"]["Seen"] = seen
    LOG.info(seen)


def unseen(event: Json) -> Json | None:
    """Judge an image that was begun and is not there: too new to be seen, or removed by somebody."""
    progress = event["Progress"]
    progress["Misses"] = progress.get("Misses", 0) + 1
    note(event, f"{progress['ImageId']} is not seen")
    removed = failure(event, f"{progress['ImageId']} was removed while it was being made", NO_IMAGE)
    return removed if progress["Misses"] >= MOST_MISSES else None


def unmake(event: Json, ec2: Any, late: bool) -> Json | None:
    """Remove the image of a Delete, whether it is named by its id or was begun by a Create that failed."""
    physical_id = event["PhysicalResourceId"]
    by_id = physical_id.startswith("ami-")
    image = find(ec2, "image-id", physical_id) if by_id else find(ec2, "name", image_name(event))
    if image and physical_id == NO_IMAGE and in_use(image):
        return success(physical_id)
    if image and image["State"] in WAITING and not late:  # its snapshots may not exist yet, and would be left behind
        note(event, f"{image['ImageId']} is {image['State']}")
        return None
    remove(ec2, image["Name"] if image else image_name(event), image)
    return success(physical_id)


def discard(event: Json, properties: str, even_in_use: bool) -> None:
    """Remove, as far as possible, an image that CloudFormation will send no Delete for: it never took its id."""
    try:
        ec2 = boto3.client("ec2")
        image = find(ec2, "name", image_name(event, properties))
        if image and image["ImageId"] != event.get("PhysicalResourceId") and (even_in_use or not in_use(image)):
            remove(ec2, image["Name"], image)
    except Exception:  # the event has its answer already, and this must not change it
        LOG.exception("something may be left behind")


def remove(ec2: Any, name: str, image: Json | None) -> None:
    """Deregister the image if there is one, and delete the snapshots that were made for it."""
    deleted = deregister(ec2, image["ImageId"]) if image else set()
    namesake = find(ec2, "name", name)
    if namesake and (image is None or namesake["ImageId"] != image["ImageId"]):
        return  # a living image has taken the name, and the snapshots may be its own
    marked = ec2.describe_snapshots(OwnerIds=["self"], Filters=[{"Name": f"tag:{IMAGE_TAG}", "Values": [name]}])
    for snapshot_id in {snapshot["SnapshotId"] for snapshot in marked["Snapshots"]} - deleted:
        LOG.info("deleting %s", snapshot_id)
        tolerate(SNAPSHOT_SPARED, ec2.delete_snapshot, SnapshotId=snapshot_id)


def deregister(ec2: Any, image_id: str) -> set[str]:
    """Deregister an image with its snapshots, and say which of them are gone."""
    LOG.info("deregistering %s", image_id)
    done = tolerate(IMAGE_GONE, ec2.deregister_image, ImageId=image_id, DeleteAssociatedSnapshots=True)
    results = done.get("DeleteSnapshotResults", [])
    return {result["SnapshotId"] for result in results if result["ReturnCode"] == "success"}


def in_use(image: Json) -> bool:
    """Tell whether the image's id was handed to CloudFormation."""
    return IN_USE_TAG in tag_map(image.get("Tags", []))


def update_tags(event: Json, ec2: Any, context: Context, image: Json) -> None:
    """Give a finished image and its snapshots the tags that are asked for, and the mark that it is handed out."""
    wanted = {**wanted_tags(event, context), IN_USE_TAG: "true"}
    present = tag_map(image.get("Tags", []))
    former = tag_map(event.get("OldResourceProperties", {}).get("Tags", []))
    stale = sorted((former.keys() & present.keys()) - wanted.keys())
    disks = [mapping.get("Ebs", {}).get("SnapshotId") for mapping in image.get("BlockDeviceMappings", [])]
    resources = [image["ImageId"], *filter(None, disks)]
    if stale:
        ec2.delete_tags(Resources=resources, Tags=[{"Key": key} for key in stale])
    if wanted.items() - present.items():
        ec2.create_tags(Resources=resources, Tags=pairs(wanted))


def wanted_tags(event: Json, context: Context) -> dict[str, str]:
    """Give the user's tags and our own."""
    own = {IMAGE_TAG: image_name(event), MAKER_TAG: context.function_name}
    return {**tag_map(event["ResourceProperties"].get("Tags", [])), **own}


def image_name(event: Json, properties: str = "ResourceProperties") -> str:
    """Derive the image's name, at most 128 characters, from stack, logical id and instance alone."""
    _, stack, uuid = event["StackId"].split("/")
    instance = event[properties].get("InstanceId", "no-instance")
    name = f"{stack}-{event['LogicalResourceId']}-{uuid[-12:]}-{instance}"
    return name if len(name) <= 128 else f"{name[:107]}-{hashlib.sha256(name.encode()).hexdigest()[:20]}"


def find(ec2: Any, by: str, value: str) -> Json | None:
    """Look up our image by its name or id; one that was just deregistered may still be listed, and does not count."""
    listed = ec2.describe_images(Owners=["self"], Filters=[{"Name": by, "Values": [value]}])
    return next((image for image in listed["Images"] if image["State"] != "deregistered"), None)


def tolerate(codes: tuple[str, ...], call: Any, **request: object) -> Json:
    """Make a call of EC2; one that fails with one of these codes has nothing to do, and gives nothing."""
    try:
        answer: Json = call(**request)
    except Exception as error:  # botocore's ClientError, told by AWS's code
        if getattr(error, "response", {}).get("Error", {}).get("Code") not in codes:
            raise
        LOG.info("nothing to do: %s", error)
        return {}
    return answer


def tag_map(tags: list[Json]) -> dict[str, str]:
    """Turn a list of tags into a map."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def pairs(tags: dict[str, str]) -> list[Json]:
    """Turn a map of tags into a list."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
