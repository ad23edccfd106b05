"""Names that AWS refuses: too long, of other characters, or reserved; written by the user or made by Pulumi.

Where a name is left out, pulumi-aws makes one: the resource's logical name, `-` and 7 hexadecimal digits (`AutoName`
in pulumi-terraform-bridge, pkg/tfbridge/info/autonaming.go, with the lengths of pulumi-aws, provider/resources.go). It
cuts nothing off: `resource.NewUniqueName` fails where the limit is passed. And where the provider's own limit is above
AWS's (255 for a node group), the name passes the preview and fails in the middle of `pulumi up`. A stack that sets
`pulumi:autonaming` makes its names otherwise; those are not known here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eks_blueprints.recording.inputs import wire
from eks_blueprints.recording.inputs.problems import InputProblem, Kind, Severity, shown

AUTONAME_SUFFIX = 8
"""`-` and 7 hexadecimal digits."""
PREFIX_SUFFIX = 26
"""What a `namePrefix` is completed with (`UniqueIDSuffixLength` of terraform-plugin-sdk, helper/id)."""

_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_IAM_PATTERN = r"[\w+=,.@-]+"
_IAM_WORDS = "letters, digits and _+=,.@-"
_ELB = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html"
_PLAIN_WORDS = "letters, digits, - and _"


@dataclass(frozen=True, slots=True)
class NameRule:
    """What AWS says of one name."""

    longest: int
    pattern: str
    words: str
    source: str
    property: str = "name"
    shortest: int = 1
    prefix: str | None = None
    """The property that gives only the beginning of the name, if there is one."""
    autonamed: bool = True
    lower: bool = False
    """Whether automatic names are made lower-case."""
    begins: str = ""
    """What automatic names are made to begin with."""
    severity: Severity = "error"


_LB = NameRule(32, r"(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", "letters, digits and inner hyphens", _ELB,
               prefix="namePrefix")  # fmt: skip
_TG = NameRule(32, r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", "letters, digits and inner hyphens",
               _ELB.replace("LoadBalancer", "TargetGroup"), prefix="namePrefix")  # fmt: skip
_BUCKET = NameRule(
    63, r"[a-z0-9][a-z0-9.-]*[a-z0-9]", "lower-case letters, digits and inner . and -",
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html",
    property="bucket", shortest=3, prefix="bucketPrefix", lower=True,
)  # fmt: skip

RULES: Mapping[str, NameRule] = {
    "aws:iam/role:Role": NameRule(64, _IAM_PATTERN, _IAM_WORDS, _IAM, prefix="namePrefix"),
    "aws:iam/policy:Policy": NameRule(128, _IAM_PATTERN, _IAM_WORDS, _IAM, prefix="namePrefix"),
    "aws:iam/rolePolicy:RolePolicy": NameRule(128, _IAM_PATTERN, _IAM_WORDS, _IAM, prefix="namePrefix"),
    "aws:iam/instanceProfile:InstanceProfile": NameRule(128, _IAM_PATTERN, _IAM_WORDS, _IAM, prefix="namePrefix"),
    "aws:iam/user:User": NameRule(64, _IAM_PATTERN, _IAM_WORDS, _IAM),
    "aws:iam/group:Group": NameRule(128, _IAM_PATTERN, _IAM_WORDS, _IAM),
    "aws:eks/cluster:Cluster": NameRule(
        100, r"[0-9A-Za-z][A-Za-z0-9_-]*", "a letter or digit, then letters, digits, - and _",
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html",
    ),
    "aws:eks/nodeGroup:NodeGroup": NameRule(
        63, r"[0-9A-Za-z][A-Za-z0-9_-]*", "a letter or digit, then letters, digits, - and _",
        "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html",
        property="nodeGroupName", prefix="nodeGroupNamePrefix",
    ),
    # AWS writes no limit down; 63 is the one of cdk-eks-blueprints (FargateProfileConstraints)
    "aws:eks/fargateProfile:FargateProfile": NameRule(
        63, r".+", "text", "https://awslabs.github.io/cdk-eks-blueprints/api/classes/FargateProfileConstraints.html",
        property="fargateProfileName", severity="warning",
    ),
    # AWS allows 128; the provider 125 (internal/verify/validate.go, ValidLaunchTemplateName)
    "aws:ec2/launchTemplate:LaunchTemplate": NameRule(
        125, r"[0-9A-Za-z()./_-]+", "letters, digits and ()./_-",
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html",
        shortest=3, prefix="namePrefix",
    ),
    "aws:ec2/securityGroup:SecurityGroup": NameRule(
        255, r"(?!sg-)[a-zA-Z0-9 ._:/()#,@\[\]+=&;{}!$*-]+", "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html", prefix="namePrefix",
    ),
    "aws:ec2/keyPair:KeyPair": NameRule(
        255, r"[ -~]+", "plain ASCII", "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateKeyPair.html",
        property="keyName", prefix="keyNamePrefix",
    ),
    "aws:lb/loadBalancer:LoadBalancer": _LB,
    "aws:alb/loadBalancer:LoadBalancer": _LB,
    "aws:lb/targetGroup:TargetGroup": _TG,
    "aws:alb/targetGroup:TargetGroup": _TG,
    "aws:autoscaling/group:Group": NameRule(
        255, r"[^:]+", "anything but colons",
        "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html",
        prefix="namePrefix",
    ),
    "aws:sqs/queue:Queue": NameRule(
        80, r"[A-Za-z0-9_-]+(\.fifo)?", _PLAIN_WORDS,
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
        prefix="namePrefix",
    ),
    "aws:sns/topic:Topic": NameRule(
        256, r"[A-Za-z0-9_-]+(\.fifo)?", _PLAIN_WORDS,
        "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html", prefix="namePrefix",
    ),
    "aws:cloudwatch/eventRule:EventRule": NameRule(
        64, r"[.\-_A-Za-z0-9]+", "letters, digits and .-_",
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html", prefix="namePrefix",
    ),
    "aws:cloudwatch/eventTarget:EventTarget": NameRule(
        64, r"[.\-_A-Za-z0-9]+", "letters, digits and .-_",
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html", property="targetId",
    ),
    "aws:cloudwatch/logGroup:LogGroup": NameRule(
        512, r"[.\-_/#A-Za-z0-9]+", "letters, digits and .-_/#",
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html",
        prefix="namePrefix",
    ),
    "aws:kms/alias:Alias": NameRule(
        256, r"alias/(?!aws/)[a-zA-Z0-9/_-]+", "alias/ and letters, digits and /_-",
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html",
        prefix="namePrefix", begins="alias/",
    ),
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:lambda/function:Function": NameRule(
        64, r"[A-Za-z0-9_-]+", _PLAIN_WORDS,
        "https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    ),
    "aws:ecr/repository:Repository": NameRule(
        256, r"[a-z0-9]+([._/-]+[a-z0-9]+)*", "lower-case letters and digits, with ._-/ between",
        "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html", shortest=2,
    ),
}  # fmt: skip
"""By type token: what AWS allows."""


def check_names(
    type_token: str, inputs: Mapping[str, Any], name: str | None, is_unknown: wire.IsUnknown
) -> list[InputProblem]:
    """Names that AWS would refuse, given or automatic."""
    rule = RULES.get(type_token)
    if rule is None:
        return []
    given, is_secret = wire.unwrap(inputs.get(rule.property))
    prefix = wire.unwrap(inputs.get(rule.prefix))[0] if rule.prefix else None
    if given is not None and prefix is not None:
        what = f"stands beside {rule.prefix}"
        return [InputProblem(rule.property, "conflicting", what, shown(given), "give one of the two")]
    if isinstance(given, str):
        return [] if is_secret or is_unknown(given) else _given(rule, given)
    if isinstance(prefix, str) and rule.prefix:
        return [] if is_unknown(prefix) else _prefixed(rule, prefix)
    automatic = given is None and prefix is None and rule.autonamed and name and not is_unknown(name)
    return _automatic(rule, name or "", inputs) if automatic else []


def _given(rule: NameRule, given: str) -> list[InputProblem]:
    if len(given) > rule.longest:
        return [_problem(rule, "too-long", f"at most {rule.longest} characters", given, len(given) - rule.longest)]
    if len(given) < rule.shortest:
        return [_problem(rule, "bad-name", f"at least {rule.shortest} characters", given, 0)]
    if not re.fullmatch(rule.pattern, given):
        return [_problem(rule, "bad-name", f"only {rule.words}", given, 0)]
    return []


def _prefixed(rule: NameRule, prefix: str) -> list[InputProblem]:
    longest = rule.longest - PREFIX_SUFFIX
    if len(prefix) <= longest:
        return []
    what = f"at most {longest} characters, as {PREFIX_SUFFIX} are added"
    do = f"shorten it by {len(prefix) - longest}"
    return [InputProblem(str(rule.prefix), "too-long", what, f"{shown(prefix)} of {len(prefix)}", do, rule.severity)]


def _automatic(rule: NameRule, name: str, inputs: Mapping[str, Any]) -> list[InputProblem]:
    """Whether the name made of the resource's own can stand."""
    made = name.lower() if rule.lower else name
    if rule.begins and not made.startswith(rule.begins):
        made = rule.begins + made
    ending = ".fifo" if inputs.get("fifoQueue") is True or inputs.get("fifoTopic") is True else ""
    spare = rule.longest - len(made) - AUTONAME_SUFFIX - len(ending)
    if spare < 0:
        what = f"the automatic name can have at most {rule.longest} characters"
        do = f"shorten the resource's name by {-spare} or set {rule.property}"
        got = f"{shown(name)} and {rule.longest - spare - len(name)} more"
        return [InputProblem(rule.property, "too-long", what, got, do, rule.severity)]
    if not re.fullmatch(rule.pattern, f"{made}-0123abc{ending}"):
        what = f"the automatic name can contain only {rule.words}"
        do = f"rename the resource or set {rule.property}"
        return [InputProblem(rule.property, "bad-name", what, shown(name), do, rule.severity)]
    return []


def _problem(rule: NameRule, kind: Kind, what: str, given: str, excess: int) -> InputProblem:
    got = f"{shown(given)} of {len(given)}" if excess else shown(given)
    do = f"shorten it by {excess}" if excess else f"see {rule.source}"
    return InputProblem(rule.property, kind, f"takes {what}", got, do, rule.severity)
