"""The answer to CloudFormation: composed, and sent exactly once, on every path."""

from __future__ import annotations

import http.client
import json
import logging
import time
import urllib.request
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    # The events are JSON of other people's making.
    Json = dict[str, Any]

LOG = logging.getLogger("labspec")
MOST_REASON = 1000  # characters; the whole answer may have 4,096 bytes


def success(physical_id: str, **data: str) -> Json:
    """Compose the answer that the event is done."""
    return {"Status": "SUCCESS", "PhysicalResourceId": physical_id, "Data": data}


def failure(event: Json, reason: str, nothing: str) -> Json:
    """Compose the answer that the event failed; an Update keeps its physical id, a Create has `nothing`."""
    physical_id = event.get("PhysicalResourceId", nothing)
    plain = " ".join(reason.split()).encode("ascii", "replace").decode()[:MOST_REASON]
    return {"Status": "FAILED", "PhysicalResourceId": physical_id, "Reason": plain}


def send(event: Json, answer: Json) -> None:
    """Send the answer; if that fails for good, raise, so that Lambda runs the event again."""
    LOG.info("answering %s", answer)
    body = json.dumps({**answer, **{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}}).encode()
    for pause in (1, 2, 4, 8, None):
        # The URL is signed without a content type, and urllib would add one.
        request = urllib.request.Request(event["ResponseURL"], body, {"Content-Type": ""}, method="PUT")
        try:
            with urllib.request.urlopen(request, timeout=10):
                return
        except (OSError, http.client.HTTPException) as error:
            LOG.warning("the answer was not taken: %s", error)
            if pause is None:
                raise
            time.sleep(pause)
