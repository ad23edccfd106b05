"""What users import: chosen once, so that a move inside the package breaks nobody."""

import importlib
import subprocess
import sys

import pytest

import eks_blueprints

TOP = {
    *("Pipelines", "PipelinesArgs", "SecurityGroupArgs", "SecurityGroupRule"),
    *(
        "Access",
        "AccessArgs",
        "AccessEntry",
        "AccountArgs",
        "Allow",
        "AnyNetwork",
        "Blueprint",
        "BlueprintArgs",
        "Cluster",
    ),
    *(
        "ClusterArgs",
        "ClusterRef",
        "Component",
        "ExistingNetwork",
        "ExistingNetworkArgs",
        "FlowLogsArgs",
        "IamArgs",
        "In",
        "InputError",
    ),
    *(
        "NamespaceArgs",
        "Network",
        "NetworkArgs",
        "NetworkRef",
        "PodIdentity",
        "PodIdentityAssociation",
        "ResourceStatement",
        "RoleArgs",
        "StatementArgs",
        "Spec",
    ),
    "core_data",
}
ROOMS = {
    "adoption": {"adopt"},
    "agents": {
        *("Application", "ApplicationSet", "ClusterGenerator", "Credentials", "Destination", "Generator"),
        *("GitGenerator", "GitOps", "GitOpsArgs", "GithubApp", "Hub", "ImageUpdate", "ListGenerator", "Notification"),
        *("Project", "ProjectRole", "RemoteCluster", "Repository", "Retry", "Slack", "StoredCredentials", "Sync"),
        *("SyncWindow", "Teams", "Template", "Wave", "Webhook", "WebhookReceiver", "WriteBack"),
    },
    "addons": {"AddOn", "Chart", "EksAddOn", "ExternalDns", "HelmAddOn", "ManifestAddOn", "VpcCni"},
    "compute": {"AutoMode", "Compute", "Fargate", "HybridNodes", "Karpenter", "ManagedNodes", "SelfManagedNodes"},
    "iam": {"Allow"},
    "observability": {
        "Alarms",
        "ApiServerErrors",
        "CertificateExpiry",
        "ContainerRestarts",
        "CpuThrottling",
        "Dashboards",
        "HpaAtMaximum",
        "Logs",
        "ManagedPrometheus",
        "Metrics",
        "NodePressure",
        "Observability",
        "ObservabilityArgs",
        "Observe",
        "OomKills",
        "PendingPods",
        "VolumeNearlyFull",
    },
    "karpenter": {"AutoModeNodePool", "Ec2NodeClass", "NodeClass", "NodePool", "default_release", "oldest_for"},
    "pipelines": {
        *("AppPipeline", "ChartPipeline", "Connection", "CustomPipeline", "DriftPipeline", "Environment"),
        *("ManifestRepository", "Pipeline", "PlatformPipeline", "PrivateAccess", "ReleasePipeline"),
    },
    "policies": {"Context", "Faults", "Finding", "Props", "Report", "Rule", "check_plan", "check_stack", "rule"},
    "recording": {
        *("Call", "LogMessage", "Plan", "PlannedResource", "Position", "ProgramError", "RecordedResource"),
        *("Recording", "Secret", "record", "record_directory"),
    },
    "review": {"EngineError", "engine_preview", "stack_target"},
    "stackfile": {"StackFile", "deploy", "from_config", "load", "open_stack"},
    "teams": {
        *("ApplicationTeam", "ClusterRoleBinding", "EcrPublicRepository", "EcrPullThroughCache", "EcrRepository"),
        *("GitOps", "OnboardedTeam", "PlatformTeam", "RoleBinding", "Team", "TeamAccess", "TeamNamespace"),
        *("TeamSecret", "TeamServiceAccount"),
    },
    "testing": {"Recorded", "Resource", "record", "record_program", "record_stack"},
    "workloads": {
        *("BlueGreen", "Canary", "Claim", "ConfigMap", "Container", "CronJob", "DaemonSet", "Deployment"),
        *("ExternalSecret", "Rollout"),
        *("HorizontalPodAutoscaler", "HttpRoute", "Ingress", "Job", "NetworkPolicy", "PodDisruptionBudget"),
        *("ScaledJob", "ScaledObject", "Secret", "Service", "ServiceAccount", "StatefulSet", "VerticalPodAutoscaler"),
        *("Volume", "Workload"),
    },
}


def test_the_top_shows_its_names() -> None:
    assert set(dir(eks_blueprints)) == TOP | set(ROOMS)
    for name in TOP:
        assert getattr(eks_blueprints, name) is not None


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_shows_its_names(room: str) -> None:
    found = importlib.import_module(f"eks_blueprints.{room}")
    assert getattr(eks_blueprints, room) is found
    if room == "addons":  # one for each kind, held by the stub's own test
        assert ROOMS[room] <= set(dir(found))
    else:
        assert set(found.__all__) == ROOMS[room]
    for name in ROOMS[room]:
        assert getattr(found, name) is not None


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'eks_blueprints' has no attribute 'Blueprnt'"):
        _ = eks_blueprints.Blueprnt


def test_importing_the_package_imports_no_pulumi() -> None:
    code = "import sys, eks_blueprints as e; dir(e), e.ClusterArgs, e.Allow; sys.exit('pulumi' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
