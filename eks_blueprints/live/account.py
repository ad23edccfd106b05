"""A session in the AWS account of a stack, and AWS's refusals in one line.

boto3 is in the extra `live`; who previews does not need it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from eks_blueprints.live.errors import LiveError

_SESSION = "eks-blueprints"


def open_session(
    region: str | None, *, profile: str | None = None, role_arn: str | None = None, account: str | None = None
) -> Any:
    """A boto3 session, as the AWS provider of the stack has it: with its profile and role, in its region.

    Raises:
        LiveError: if boto3 is not installed, nobody says who calls, or the caller is in another account.
    """
    try:
        import boto3
    except ImportError:
        message = "needs boto3; got no such package; pip install 'eks-blueprints[live]'"
        raise LiveError(message) from None
    with refusals("sign in to AWS"):
        session = boto3.Session(region_name=region, profile_name=profile)
        if role_arn is not None:
            session = _assumed(session, role_arn, region)
        caller = session.client("sts").get_caller_identity()
    if account is not None and caller["Account"] != account:
        message = f"the stack is for account {account}; got credentials of {caller['Account']} ({caller['Arn']})"
        raise LiveError(f"{message}; sign in to the account of the stack")
    return session


def caller_of(session: Any) -> str:
    """The ARN of who calls."""
    with refusals("sign in to AWS"):
        return str(session.client("sts").get_caller_identity()["Arn"])


@contextmanager
def refusals(what: str) -> Iterator[None]:
    """Turn boto3's errors into one line: what could not be done, why, and what helps.

    Raises:
        LiveError: for each of them.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        found = error.response.get("Error", {})
        said = f"{found.get('Code', 'unknown')}: {found.get('Message', 'no message')}"
        raise LiveError(f"cannot {what}; AWS says {said}; {_help(str(found.get('Code', '')))}") from None
    except BotoCoreError as error:
        raise LiveError(f"cannot {what}; {' '.join(str(error).split())}; {_help(type(error).__name__)}") from None


def code_of(error: Exception) -> str:
    """The code of an error of AWS, such as `ResourceNotFoundException`."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def _assumed(session: Any, role_arn: str, region: str | None) -> Any:
    import boto3
    import botocore.session
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    core = session._session
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=core.create_client,
        source_credentials=core.get_credentials(),
        role_arn=role_arn,
        extra_args={"RoleSessionName": _SESSION},
    )
    # Taking a platform down takes longer than the hour for which a role's credentials are good.
    held = DeferredRefreshableCredentials(method="assume-role", refresh_using=fetcher.fetch_credentials)
    made = botocore.session.Session()
    made._credentials = held
    made.set_config_variable("region", region)
    return boto3.Session(botocore_session=made)


def _help(code: str) -> str:
    if code in ("NoCredentialsError", "CredentialRetrievalError", "TokenRetrievalError", "UnauthorizedSSOTokenError"):
        return "sign in, with `aws sso login` or AWS_PROFILE"
    if code in ("ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId"):
        return "sign in again, and run the command once more"
    if code == "NoRegionError":
        return "name a region: region of the stack file, or AWS_REGION"
    if code == "ProfileNotFound":
        return "add the profile to ~/.aws/config, or correct the stack's account.profile"
    if code in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation"):
        return "give the caller this permission"
    if code in ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"):
        return "others ask AWS too: wait a minute, and run the command once more"
    if code in ("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError"):
        return "check the network, a proxy and the region"
    return "correct that, and run the command once more"
