"""What a platform keeps things in and under: registries, keys, shared file systems, queues."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from eks_blueprints.policies.definition import Context, rule
from eks_blueprints.policies.props import Faults, NotApplicable, Props
from eks_blueprints.policies.roles import allowing, conditions, is_public, principals, statements
from eks_blueprints.policies.stack import Resource, Stack

REPOSITORY = "aws:ecr/repository:Repository"
KEY = "aws:kms/key:Key"
FILES = "aws:efs/fileSystem:FileSystem"
QUEUE = "aws:sqs/queue:Queue"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
EVENT_RULE = "aws:cloudwatch/eventRule:EventRule"
EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget"

_EVENTS = ("events.amazonaws.com", "sqs.amazonaws.com")
_INTERRUPTIONS = (
    "EC2 Spot Instance Interruption Warning",
    "EC2 Instance Rebalance Recommendation",
    "EC2 Instance State-change Notification",
    "AWS Health Event",
)


@rule("ecr-scan-on-push", REPOSITORY, severity="medium", enforcement="mandatory", wave=2, across=True)
def scan(repository: Props, context: Context) -> Faults:
    """ECR scans images when they are pushed."""
    if repository.flag("imageScanningConfiguration", "scanOnPush"):
        return
    name = repository.text("name") or context.resource.name
    for scanning in context.stack.of("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"):
        for each in scanning.props.items("rules"):
            filters = [item.get("filter") for item in each.items("repositoryFilters")]
            if each.get("scanFrequency") != "MANUAL" and any(fnmatchcase(name, str(wanted)) for wanted in filters):
                return
    yield repository.fault("does not scan what is pushed", "imageScanningConfiguration", "scanOnPush")


@rule(
    "ecr-immutable-tags",
    REPOSITORY,
    severity="medium",
    enforcement="mandatory",
    wave=2,
    params={"allowed_exclusions": ["cache-*"]},
)
def immutable(repository: Props, context: Context) -> Faults:
    """Image tags in ECR are immutable."""
    kind = repository.get("imageTagMutability")
    if kind not in ("IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"):
        yield repository.fault("allows tags to move to other images", "imageTagMutability", got=kind)
    for each in repository.items("imageTagMutabilityExclusionFilters"):
        if each.get("filter") not in context.params["allowed_exclusions"]:
            yield each.fault("allows tags to move to other images", "filter", got=each.get("filter"))


@rule("ecr-kms-encryption", REPOSITORY, severity="low", enforcement="advisory", wave=3)
def registry_key(repository: Props) -> Faults:
    """Images in ECR are encrypted with a customer managed key."""
    for each in repository.items("encryptionConfigurations"):
        if each.get("encryptionType") in ("KMS", "KMS_DSSE") and each.has("kmsKey"):
            return
    yield repository.fault("is encrypted with a key of AWS", "encryptionConfigurations")


@rule(
    "ecr-not-public",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:ecr/registryPolicy:RegistryPolicy",
    severity="critical",
    enforcement="mandatory",
    wave=1,
)
def not_public(policy: Props) -> Faults:
    """ECR repositories are not public."""
    yield from _open_to_all(policy, policy.document("policy"))


@rule("ecr-lifecycle-policy", REPOSITORY, severity="low", enforcement="advisory", wave=3, across=True)
def lifecycle(repository: Props, context: Context) -> Faults:
    """ECR repositories have a lifecycle policy."""
    for policy in context.stack.of("aws:ecr/lifecyclePolicy:LifecyclePolicy"):
        if _names(policy, "repository", context.resource, context.stack, REPOSITORY):
            return
    yield repository.fault("keeps every image")


@rule("kms-key-rotation", KEY, severity="medium", enforcement="mandatory", wave=2)
def rotation(key: Props) -> Faults:
    """KMS keys are rotated and have a deletion window."""
    if key.get("customerMasterKeySpec") in (None, "SYMMETRIC_DEFAULT") and key.flag("enableKeyRotation") is not True:
        yield key.fault("is never rotated", "enableKeyRotation", got=key.raw("enableKeyRotation"))
    days = key.number("deletionWindowInDays")
    if days is not None and days < 14:
        yield key.fault("cannot be recovered soon after it is deleted", "deletionWindowInDays", got=days)


@rule(
    "kms-policy-no-wildcard-principal",
    KEY,
    "aws:kms/keyPolicy:KeyPolicy",
    severity="critical",
    enforcement="mandatory",
    wave=1,
)
def key_policy(key: Props) -> Faults:
    """Key policies do not allow every principal."""
    if not key.has("policy"):
        raise NotApplicable
    yield from _open_to_all(key, key.document("policy"))


@rule("efs-encrypted", FILES, severity="high", enforcement="mandatory", wave=1)
def files_encrypted(files: Props) -> Faults:
    """EFS file systems are encrypted."""
    if files.flag("encrypted") is not True:
        yield files.fault("is not encrypted", "encrypted", got=files.raw("encrypted"))


@rule("efs-access-point-isolated", "aws:efs/accessPoint:AccessPoint", severity="medium", enforcement="advisory", wave=2)
def access_point(point: Props) -> Faults:
    """EFS access points isolate applications from each other."""
    for key in ("uid", "gid"):
        found = point.number("posixUser", key)
        if found is None or found == 0:
            yield point.fault("is used as root", "posixUser", key, got=found)
    if point.get("rootDirectory", "path") in (None, "/"):
        yield point.fault("shows the whole file system", "rootDirectory", "path", got="/")


@rule("sqs-interruption-queue-secure", QUEUE, severity="high", enforcement="mandatory", wave=1, across=True)
def interruption_queue(queue: Props, context: Context) -> Faults:
    """Karpenter's queue receives all interruption events, and only from AWS."""
    stack, resource = context.stack, context.resource
    rules = _rules_into(resource, stack)
    patterns = [str(each.props.text("eventPattern")) for each in rules]
    if not any("Spot Instance Interruption" in pattern for pattern in patterns):
        raise NotApplicable
    if queue.flag("sqsManagedSseEnabled") is False and not queue.has("kmsMasterKeyId"):
        yield queue.fault("is not encrypted", "sqsManagedSseEnabled", got=False)
    kept = queue.number("messageRetentionSeconds")
    if kept is None or kept > 300:
        yield queue.fault("keeps warnings after they matter", "messageRetentionSeconds", got=kept)
    for wanted in _INTERRUPTIONS:
        if not any(wanted in pattern for pattern in patterns):
            yield queue.fault(f"gets no {wanted}", do="add a rule of EventBridge for it")
    yield from _queue_policy(queue, resource, stack)


def _queue_policy(queue: Props, resource: Resource, stack: Stack) -> Faults:
    found = [each for each in stack.of(QUEUE_POLICY) if _names(each, "queueUrl", resource, stack, QUEUE)]
    documents = [each.props.document("policy") for each in found]
    documents += [queue.document("policy")] if queue.has("policy") else []
    if not documents:
        yield queue.fault("has no policy, and AWS cannot write to it")
    denies = False
    for document in documents:
        for statement in statements(document):
            if statement.get("Effect") == "Deny":
                denies = denies or any(key.lower() == "aws:securetransport" for _, key, _ in conditions(statement))
                continue
            strange = [each for each in principals(statement, "Service") if each not in _EVENTS]
            if strange or principals(statement, "AWS"):
                yield queue.fault("accepts messages from others than AWS", got=strange or principals(statement, "AWS"))
    if documents and not denies:
        yield queue.fault("accepts messages that are not encrypted in transit", do="deny aws:SecureTransport false")


def _open_to_all(subject: Props, document: Props) -> Faults:
    for statement in allowing(document):
        if is_public(statement):
            yield subject.fault("is open to everyone", "policy", got="*")


def _rules_into(queue: Resource, stack: Stack) -> list[Resource]:
    found = []
    for target in stack.of(EVENT_TARGET):
        if _names(target, "arn", queue, stack, QUEUE):
            event = stack.resolved(target, "rule", types=(EVENT_RULE,))
            found += [event] if event is not None else []
    return found


def _names(resource: Resource, key: str, wanted: Resource, stack: Stack, type_: str) -> bool:
    value: Any = resource.props.raw(key)
    if stack.resolved(resource, key, types=(type_,)) is wanted:
        return True
    return isinstance(value, str) and value == wanted.inputs.get("name")
