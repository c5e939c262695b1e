"""What a machine says as it sets itself up, brought to CloudWatch Logs: it outlives the machine there.

It does not outlive the rollback of what made its log group: no deletion policy keeps what a failed creation leaves and
deletes the same at the end. `RetainExceptOnCreate` is the opposite, and `Retain` would leave a group of every stack.
"""

from __future__ import annotations

from typing import NamedTuple

from labspec.emit.shell import Script, Text, pieces, words


class Log(NamedTuple):
    """A log group, and the region that it is in."""

    group: Text
    region: Text


def shipping(log: Log) -> Script:
    """Functions: `send` is for the log's own use, `ship` sends what has not been sent yet."""
    where = words("--log-group-name", log.group, "--region", log.region)
    return pieces(_SEND, where, _SHIP)


# Whether it arrives changes nothing: a machine may have no way there, or no permission. A call of PutLogEvents takes
# 10,000 events and 1,048,576 bytes (`PutLogEvents`, Amazon CloudWatch Logs API Reference).
_SEND = """\
# The log also goes to CloudWatch Logs while it grows. Whether it arrives changes nothing.
send() {
  timeout 20 aws logs "$@" --log-stream-name "$(cat /var/lib/cloud/data/instance-id)" """

_SHIP = """
}

ship() {
  local log=/var/log/labspec-boot.log sent=/run/labspec-log.sent events=/run/labspec-log.json from to
  from=$(cat "$sent" || echo 0)
  to=$(wc -l <"$log")
  ((to > from)) || return 0
  sed -n "$((from + 1)),${to}p" "$log" | python3 -c '
import json, time
now, lines = int(time.time() * 1000), open(0, errors="replace").read().splitlines()
print(json.dumps([{"timestamp": now, "message": line[:400] or " "} for line in lines[-2000:]]))' >"$events"
  send put-log-events --log-events "file://$events" || {
    send create-log-stream
    send put-log-events --log-events "file://$events"
  } || return 0
  echo "$to" >"$sent"
}

"""

SHIP_ON = """\
while sleep 15; do ship; done >/dev/null 2>&1 &
shipper=$!
"""
"""While the machine sets itself up."""

END = """\
  kill "$shipper" || true
  ship >/dev/null 2>&1 || true
"""
"""When it is done, in a function that is called with any exit code."""
