"""Cases of the rules about registries, keys, files and queues."""

from typing import Any

from tests.policies.build import UNKNOWN, aws, document

_ALL = {"Principal": "*", "Action": "*", "Resource": "*"}
_EVENTS = (
    "EC2 Spot Instance Interruption Warning",
    "EC2 Instance Rebalance Recommendation",
    "EC2 Instance State-change Notification",
    "AWS Health Event",
)
_GOOD = document(
    {"Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"},
    {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    },
)


def _repo(logical: str, /, **inputs: Any) -> Any:
    return aws("ecr/repository:Repository", logical, **inputs)


def _repo_policy(logical: str, policy: Any) -> Any:
    return aws("ecr/repositoryPolicy:RepositoryPolicy", logical, policy=policy)


def _key(logical: str, /, **inputs: Any) -> Any:
    return aws("kms/key:Key", logical, **inputs)


def _point(logical: str, uid: Any, path: str | None) -> Any:
    root = {"path": path} if path else None
    return aws("efs/accessPoint:AccessPoint", logical, posixUser={"uid": uid, "gid": 1000}, rootDirectory=root)


def _queue(logical: str, /, events: tuple[str, ...] = _EVENTS, policy: Any = _GOOD, **inputs: Any) -> list[Any]:
    found = [aws("sqs/queue:Queue", logical, **{"messageRetentionSeconds": 300, **inputs})]
    found.append(aws("sqs/queuePolicy:QueuePolicy", f"p{logical}", queueUrl=f"${{{logical}.url}}", policy=policy))
    for index, event in enumerate(events):
        rule = f"r{index}{logical}"
        found.append(aws("cloudwatch/eventRule:EventRule", rule, eventPattern=f'{{"detail-type":["{event}"]}}'))
        found.append(
            aws("cloudwatch/eventTarget:EventTarget", f"t{rule}", rule=f"${{{rule}.name}}", arn=f"${{{logical}.arn}}")
        )
    return found


CASES = {
    "ecr-scan-on-push": [
        [
            _repo("fail-none"),
            _repo("pass-own", imageScanningConfiguration={"scanOnPush": True}),
            _repo("unknown-config", imageScanningConfiguration=UNKNOWN),
        ],
        [
            aws(
                "ecr/registryScanningConfiguration:RegistryScanningConfiguration",
                "all",
                rules=[{"scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": [{"filter": "shop*"}]}],
            ),
            _repo("pass-registry", name="shop/app"),
            _repo("fail-other", name="lab/app"),
        ],
    ],
    "ecr-immutable-tags": [
        [
            _repo("fail-mutable", imageTagMutability="MUTABLE"),
            _repo("fail-unset"),
            _repo(
                "fail-exclusion",
                imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
                imageTagMutabilityExclusionFilters=[{"filter": "*"}],
            ),
            _repo("pass-immutable", imageTagMutability="IMMUTABLE"),
            _repo(
                "pass-cache",
                imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
                imageTagMutabilityExclusionFilters=[{"filter": "cache-*"}],
            ),
            _repo("unknown-kind", imageTagMutability=UNKNOWN),
        ]
    ],
    "ecr-kms-encryption": [
        [
            _repo("fail-none"),
            _repo("fail-aes", encryptionConfigurations=[{"encryptionType": "AES256"}]),
            _repo("pass-key", encryptionConfigurations=[{"encryptionType": "KMS", "kmsKey": "${key.arn}"}]),
            _repo("unknown-config", encryptionConfigurations=UNKNOWN),
        ]
    ],
    "ecr-not-public": [
        [
            _repo_policy("fail-all", document(_ALL)),
            _repo_policy("fail-aws", document({**_ALL, "Principal": {"AWS": ["*"]}})),
            _repo_policy("pass-org", document({**_ALL, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}})),
            _repo_policy("pass-account", document({**_ALL, "Principal": {"AWS": "arn:aws:iam::111122223333:root"}})),
            _repo_policy("unknown-policy", UNKNOWN),
        ]
    ],
    "ecr-lifecycle-policy": [
        [
            _repo("fail-none"),
            _repo("pass-symbol"),
            _repo("pass-name", name="shop"),
            aws("ecr/lifecyclePolicy:LifecyclePolicy", "a", repository="${pass-symbol.name}"),
            aws("ecr/lifecyclePolicy:LifecyclePolicy", "b", repository="shop"),
        ]
    ],
    "kms-key-rotation": [
        [
            _key("fail-off"),
            _key("fail-window", enableKeyRotation=True, deletionWindowInDays=7),
            _key("pass-on", enableKeyRotation=True),
            _key("pass-asymmetric", customerMasterKeySpec="RSA_2048"),
            _key("unknown-flag", enableKeyRotation=UNKNOWN),
        ]
    ],
    "kms-policy-no-wildcard-principal": [
        [
            _key("fail-all", policy=document(_ALL)),
            _key("pass-account", policy=document({**_ALL, "Condition": {"StringEquals": {"kms:CallerAccount": "1"}}})),
            _key("na-default"),
            _key("unknown-policy", policy=UNKNOWN),
            aws("kms/keyPolicy:KeyPolicy", "fail-own", policy=document(_ALL)),
        ]
    ],
    "efs-encrypted": [
        [
            aws("efs/fileSystem:FileSystem", "fail-unset"),
            aws("efs/fileSystem:FileSystem", "pass-on", encrypted=True),
            aws("efs/fileSystem:FileSystem", "unknown-flag", encrypted=UNKNOWN),
        ]
    ],
    "efs-access-point-isolated": [
        [
            _point("fail-root", 0, "/app"),
            _point("fail-path", 1000, None),
            _point("pass-own", 1000, "/app"),
            _point("unknown-user", UNKNOWN, "/app"),
        ]
    ],
    "sqs-interruption-queue-secure": [
        [
            *_queue("pass-all"),
            *_queue("fail-events", _EVENTS[:2]),
            *_queue("fail-retention", messageRetentionSeconds=86400),
            *_queue("fail-plain", sqsManagedSseEnabled=False),
            *_queue("fail-anyone", policy=document({**_ALL, "Principal": {"AWS": "*"}})),
            *_queue("na-other", ()),
            *_queue("unknown-policy", policy=UNKNOWN),
        ]
    ],
}
