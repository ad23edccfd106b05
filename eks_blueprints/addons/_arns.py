"""Forms of what add-ons are given by ARN or by name: hosted zones, secrets, streams, buckets."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from eks_blueprints.core.form import Form

_PLACE = r"[a-z0-9-]+:\d{12}"
bucket_name = Form(
    r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    what="is not a valid name of a bucket",
    do="use 3 to 63 lowercase letters, digits, dots and dashes, not the ARN",
)
"""The name of an S3 bucket."""


def _form(what: str, rest: str, example: str) -> AfterValidator:
    do = f"write it like arn:aws:{example}"
    return AfterValidator(Form(rf"arn:aws(-[a-z]+)*:{rest}", what=f"is not a valid ARN of {what}", do=do))


ZoneArn = Annotated[
    str, _form("a hosted zone", r"route53:::hostedzone/[A-Z0-9]{1,32}", "route53:::hostedzone/Z0123456789ABC")
]
SecretArn = Annotated[
    str,
    _form(
        "secrets",
        r"secretsmanager:([a-z0-9-]+|\*):(\d{12}|\*):secret:[\w/+=.@*?!-]+",
        "secretsmanager:eu-west-1:111122223333:secret:shop/*",
    ),
]
ParameterArn = Annotated[
    str,
    _form(
        "parameters",
        r"ssm:([a-z0-9-]+|\*):(\d{12}|\*):parameter/[\w/.*?-]+",
        "ssm:eu-west-1:111122223333:parameter/shop/*",
    ),
]
CertificateArn = Annotated[
    str,
    _form("a certificate of ACM", rf"acm:{_PLACE}:certificate/[\w-]+", "acm:eu-west-1:111122223333:certificate/id"),
]
WorkspaceArn = Annotated[
    str,
    _form("a workspace", rf"aps:{_PLACE}:workspace/[\w-]+", "aps:eu-west-1:111122223333:workspace/ws-0a1b2c3d"),
]
FileSystemArn = Annotated[
    str,
    _form(
        "a file system",
        rf"elasticfilesystem:{_PLACE}:file-system/fs-[0-9a-f]{{8,17}}",
        "elasticfilesystem:eu-west-1:111122223333:file-system/fs-0123456789abcdef0",
    ),
]
StreamArn = Annotated[
    str,
    _form(
        "a stream of Kinesis or Firehose",
        rf"(kinesis:{_PLACE}:stream|firehose:{_PLACE}:deliverystream)/[\w.-]{{1,128}}",
        "kinesis:eu-west-1:111122223333:stream/logs",
    ),
]
DomainArn = Annotated[
    str,
    _form(
        "a domain of OpenSearch", rf"es:{_PLACE}:domain/[a-z][a-z0-9-]{{2,27}}", "es:eu-west-1:111122223333:domain/logs"
    ),
]
BucketName = Annotated[str, AfterValidator(bucket_name)]
AuthorityArn = Annotated[
    str,
    _form(
        "a private certificate authority",
        rf"acm-pca:{_PLACE}:certificate-authority/[0-9a-f-]{{36}}",
        "acm-pca:eu-west-1:111122223333:certificate-authority/11223344-1234-1122-2233-112233445566",
    ),
]
QueueArn = Annotated[
    str, _form("a queue of SQS", rf"sqs:{_PLACE}:[\w-]{{1,80}}", "sqs:eu-west-1:111122223333:interruptions")
]
