"""Clients of AWS, opened as the AWS CLI opens them; and what AWS refuses, in plain words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
    UnknownRegionError,
)
from botocore.exceptions import (
    ConnectionError as NoConnectionError,
)
from botocore.parsers import ResponseParserError

from labspec.cloud.refusal import Refused

EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
UNKNOWN = ("InvalidAccessKeyId", "InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException")
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403")
BUSY = ("SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException")
RETRIES = 6
AGAIN = "Log in again; what was done so far stays done."
NETWORK = "Look at the network; what was done so far stays done."
LATER = "Try again in a minute; what was done so far stays done."
Answer = TypeVar("Answer")


class Account:
    """Clients for one profile and region; both are the AWS CLI's own where they are not given.

    Raises `Refused` where there is no such profile, or no region.
    """

    def __init__(self, profile: str | None = None, region: str | None = None) -> None:
        self._lock = Lock()
        self._clients: dict[tuple[str, str | None], Any] = {}
        with plainly():
            self._session: Any = boto3.Session(profile_name=profile, region_name=region or os.environ.get("AWS_REGION"))
        if self._session.region_name is None:
            raise Refused("No region is chosen.", "Give `--region`, or set AWS_REGION.")
        self.region: str = self._session.region_name
        with plainly():
            partition = self._session.get_partition_for_region(self.region)
        self.suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"

    def client(self, service: str, region: str | None = None) -> Any:
        """A client that tries again where AWS is busy (boto3's standard mode), of this region or another.

        There is one for each service: to make one takes a tenth of a second. Any thread may ask for it and use it, but
        only one at a time may make one (`Multithreading or multiprocessing with clients`, boto3).
        """
        with self._lock:
            if (service, region) not in self._clients:
                config = Config(retries={"mode": "standard", "total_max_attempts": RETRIES}, user_agent_extra="labspec")
                self._clients[service, region] = self._session.client(service, region_name=region, config=config)
            return self._clients[service, region]


@contextmanager
def plainly() -> Iterator[None]:
    """Inside, what boto3 and AWS raise becomes `Refused`."""
    try:
        yield
    except ClientError as error:
        raise _refused(error) from error
    except ProfileNotFound as error:
        raise Refused(f"{error}.", "`aws configure list-profiles` lists what there is.") from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise Refused(
            "There are no credentials for AWS.", "Log in as for the AWS CLI, such as `aws sso login`."
        ) from error
    except NoRegionError as error:
        raise Refused("No region is chosen.", "Give `--region`, or set AWS_REGION.") from error
    except (InvalidRegionError, UnknownRegionError) as error:
        message = f"There is no region `{dict(error.kwargs)['region_name']}`."
        raise Refused(message, "Write it as `ap-northeast-2`.") from error
    except EndpointConnectionError as error:
        raise Refused(f"AWS cannot be reached: {error}", "Look at the network, and at AWS_ENDPOINT_URL.") from error
    except (BotoCoreError, ResponseParserError) as error:
        raise _broken(error) from error


def answered(question: Callable[[], Answer], default: Answer) -> Answer:
    """What a question answers; the default where these credentials may not ask it, or what it asks for is not there.

    Raises `Refused` for all else.
    """
    with plainly():
        try:
            return question()
        except ClientError as error:
            if code_of(error) in DENIED or is_absence(error):
                return default
            raise


def is_absence(error: ClientError) -> bool:
    """Whether AWS says that there is no such thing: `DBInstanceNotFound`, `NoSuchBucket`."""
    return "NotFound" in code_of(error) or code_of(error).startswith("NoSuch")


def code_of(error: ClientError) -> str:
    """AWS's code of an error, such as `NoSuchBucket`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _broken(error: Exception) -> Refused:
    """What stands between us and AWS: no answer, or none that can be read."""
    if isinstance(error, (SSOError, TokenRetrievalError, CredentialRetrievalError)):
        return Refused(f"The credentials cannot be renewed: {error}.".replace("..", "."), AGAIN)
    if isinstance(error, (NoConnectionError, HTTPClientError)):
        return Refused(f"The connection to AWS breaks off: {error}.".replace("..", "."), NETWORK)
    if isinstance(error, ResponseParserError):
        return Refused("What answers is not AWS, or its answers arrive in parts.", NETWORK)
    return Refused(f"AWS cannot be asked: {error}.")


def _refused(error: ClientError) -> Refused:
    code, said = code_of(error), error.response.get("Error", {}).get("Message", "")
    if code in EXPIRED:
        return Refused("The credentials have expired.", AGAIN)
    if code in UNKNOWN:
        return Refused("AWS does not know these credentials.", "Look at `aws sts get-caller-identity`.")
    if code in DENIED:
        return Refused(f"These credentials may not call {error.operation_name}.", said if said != "Forbidden" else "")
    if code in BUSY:
        return Refused("AWS is asked too often.", LATER)
    if code == "400":  # a HEAD's answer has no words (`HeadObject`, Amazon S3 API Reference)
        return Refused("S3 does not say why, but refuses these credentials: they may have expired.", AGAIN)
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        message = f"AWS fails at {error.operation_name}: {said or code}."
        return Refused(message.replace("..", "."), LATER)
    return Refused(f"AWS refused {error.operation_name}: {said or code}.".replace("..", "."))
