"""Clients of AWS, opened as the AWS CLI opens them; and what AWS refuses, in plain words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path as FilePath
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
    InvalidConfigError,
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
from botocore.session import get_session
from botocore.utils import JSONFileCache

from labspec.cloud.refusal import Refused
from labspec.cloud.regions import no_region

EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
UNKNOWN = ("InvalidAccessKeyId", "InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException")
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403")
BUSY = ("SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException")
RETRIES = 6
REMEMBERED = "~/.aws/cli/cache"
"""Where the AWS CLI keeps the credentials of the roles that it takes."""
AGAIN = "Log in again; what was done so far stays done."
NETWORK = "Look at the network; what was done so far stays done."
REGION = "Give `--region`, or set AWS_REGION."
TYPED = "Run it where one can be typed, or have the AWS CLI ask for it: `aws sts get-caller-identity`."
LOGIN = "Log in as for the AWS CLI, such as `aws sso login`."
LATER = "Try again in a minute; what was done so far stays done."
BROKEN: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    ((ProfileNotFound,), "{}.", "`aws configure list-profiles` lists what there is."),
    ((NoCredentialsError,), "There are no credentials for AWS.", LOGIN),
    ((PartialCredentialsError,), "The credentials are not whole: {}.", LOGIN),
    ((InvalidConfigError,), "The AWS CLI is configured wrongly: {}.", "Look at ~/.aws/config and ~/.aws/credentials."),
    ((EOFError,), "A code of the MFA device is asked for, and nobody gives one.", TYPED),
    ((NoRegionError,), "No region is chosen.", REGION),
    ((EndpointConnectionError,), "AWS cannot be reached: {}.", "Look at the network, and at AWS_ENDPOINT_URL."),
    ((SSOError, TokenRetrievalError, CredentialRetrievalError), "The credentials cannot be renewed: {}.", AGAIN),
    ((NoConnectionError, HTTPClientError), "The connection to AWS breaks off: {}.", NETWORK),
    ((ResponseParserError,), "What answers is not AWS, or its answers arrive in parts.", NETWORK),
)
"""What is told of errors that are none of AWS's answers, and what helps; the first line that fits counts."""
Answer = TypeVar("Answer")


class Account:
    """Clients for one profile and region; both are the AWS CLI's own where they are not given.

    Credentials are looked for, and a code of an MFA device is asked for, as it is opened. Raises `Refused` where there
    is no such profile, or no region, or the credentials cannot be had.
    """

    def __init__(self, profile: str | None = None, region: str | None = None) -> None:
        core: Any = get_session()
        self._lock = Lock()
        self._clients: dict[tuple[str, str | None], Any] = {}
        with plainly():
            self._session: Any = boto3.Session(
                botocore_session=core, profile_name=profile, region_name=region or os.environ.get("AWS_REGION")
            )
        if self._session.region_name is None:
            raise Refused("No region is chosen.", REGION)
        self.region: str = self._session.region_name
        with plainly():
            partition = self._session.get_partition_for_region(self.region)
            _remember(core)
            credentials = self._session.get_credentials()
            if credentials is not None:
                credentials.get_frozen_credentials()
        known = core.get_data("partitions")["partitions"]
        self.suffix: str = next(each["outputs"]["dnsSuffix"] for each in known if each["id"] == partition)

    def client(self, service: str, region: str | None = None) -> Any:
        """A client that tries again where AWS is busy (boto3's standard mode), of this region or another.

        There is one for each service: to make one takes a tenth of a second. Any thread may ask for it and use it, but
        only one at a time may make one (`Multithreading or multiprocessing with clients`, boto3).
        """
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._made(service, region)
            return self._clients[service, region]

    def _made(self, service: str, region: str | None) -> Any:
        config = Config(retries={"mode": "standard", "total_max_attempts": RETRIES}, user_agent_extra="labspec")
        with plainly():
            try:
                return self._session.client(service, region_name=region, config=config)
            except ValueError as error:  # botocore's word for an address that is none
                raise Refused(f"AWS cannot be asked: {error}.", "Look at AWS_ENDPOINT_URL.") from error

    @cached_property
    def number(self) -> str:
        """The account's id, of 12 digits."""
        with plainly():
            return str(self.client("sts").get_caller_identity()["Account"])


class _Remembered(JSONFileCache):
    """Credentials of roles, where the AWS CLI keeps them; where nothing can be written they are kept by nobody."""

    def __setitem__(self, key: str, value: Any) -> None:
        with suppress(OSError):
            super().__setitem__(key, value)


def _remember(core: Any) -> None:
    """Share the AWS CLI's memory of roles: a code of an MFA device counts once, and so is asked for once."""
    providers = core.get_component("credential_provider")
    for name in ("assume-role", "assume-role-with-web-identity"):
        providers.get_provider(name).cache = _Remembered(str(FilePath(REMEMBERED).expanduser()))


@contextmanager
def plainly() -> Iterator[None]:
    """Inside, what boto3 and AWS raise becomes `Refused`."""
    try:
        yield
    except ClientError as error:
        raise _refused(error) from error
    except (InvalidRegionError, UnknownRegionError) as error:
        raise no_region(str(dict(error.kwargs)["region_name"])) from error
    except (BotoCoreError, ResponseParserError, EOFError) as error:
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
    """What stands between us and AWS: nobody to ask as, no answer, or none that can be read."""
    said, help_ = next((told for kinds, *told in BROKEN if isinstance(error, kinds)), ("AWS cannot be asked: {}.", ""))
    message = said.format(error, **(error.kwargs if isinstance(error, BotoCoreError) else {}))
    return Refused(message.replace("..", "."), help_)


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
