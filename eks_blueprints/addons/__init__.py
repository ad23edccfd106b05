"""Add-ons: software that is installed on a cluster, one a file; the file's name is the kind in a stack file."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eks_blueprints.addons._helm_addon import Chart as Chart
    from eks_blueprints.addons._helm_addon import HelmAddOn as HelmAddOn
    from eks_blueprints.addons._manifest_addon import ManifestAddOn as ManifestAddOn
    from eks_blueprints.addons.ack_acm import AckAcm as AckAcm
    from eks_blueprints.addons.ack_acmpca import AckAcmpca as AckAcmpca
    from eks_blueprints.addons.ack_apigatewayv2 import AckApigatewayv2 as AckApigatewayv2
    from eks_blueprints.addons.ack_applicationautoscaling import AckApplicationautoscaling as AckApplicationautoscaling
    from eks_blueprints.addons.ack_capability import AckCapability as AckCapability
    from eks_blueprints.addons.ack_cloudtrail import AckCloudtrail as AckCloudtrail
    from eks_blueprints.addons.ack_cloudwatch import AckCloudwatch as AckCloudwatch
    from eks_blueprints.addons.ack_cloudwatchlogs import AckCloudwatchlogs as AckCloudwatchlogs
    from eks_blueprints.addons.ack_dynamodb import AckDynamodb as AckDynamodb
    from eks_blueprints.addons.ack_ec2 import AckEc2 as AckEc2
    from eks_blueprints.addons.ack_ecr import AckEcr as AckEcr
    from eks_blueprints.addons.ack_eks import AckEks as AckEks
    from eks_blueprints.addons.ack_elasticache import AckElasticache as AckElasticache
    from eks_blueprints.addons.ack_emrcontainers import AckEmrcontainers as AckEmrcontainers
    from eks_blueprints.addons.ack_eventbridge import AckEventbridge as AckEventbridge
    from eks_blueprints.addons.ack_iam import AckIam as AckIam
    from eks_blueprints.addons.ack_kafka import AckKafka as AckKafka
    from eks_blueprints.addons.ack_kinesis import AckKinesis as AckKinesis
    from eks_blueprints.addons.ack_kms import AckKms as AckKms
    from eks_blueprints.addons.ack_lambda import AckLambda as AckLambda
    from eks_blueprints.addons.ack_memorydb import AckMemorydb as AckMemorydb
    from eks_blueprints.addons.ack_mq import AckMq as AckMq
    from eks_blueprints.addons.ack_opensearchservice import AckOpensearchservice as AckOpensearchservice
    from eks_blueprints.addons.ack_pipes import AckPipes as AckPipes
    from eks_blueprints.addons.ack_prometheusservice import AckPrometheusservice as AckPrometheusservice
    from eks_blueprints.addons.ack_rds import AckRds as AckRds
    from eks_blueprints.addons.ack_route53 import AckRoute53 as AckRoute53
    from eks_blueprints.addons.ack_route53resolver import AckRoute53resolver as AckRoute53resolver
    from eks_blueprints.addons.ack_s3 import AckS3 as AckS3
    from eks_blueprints.addons.ack_sagemaker import AckSagemaker as AckSagemaker
    from eks_blueprints.addons.ack_secretsmanager import AckSecretsmanager as AckSecretsmanager
    from eks_blueprints.addons.ack_sfn import AckSfn as AckSfn
    from eks_blueprints.addons.ack_sns import AckSns as AckSns
    from eks_blueprints.addons.ack_sqs import AckSqs as AckSqs
    from eks_blueprints.addons.adot import Adot as Adot
    from eks_blueprints.addons.agones import Agones as Agones
    from eks_blueprints.addons.amazon_cloudwatch_observability import (
        AmazonCloudwatchObservability as AmazonCloudwatchObservability,
    )
    from eks_blueprints.addons.apache_airflow import ApacheAirflow as ApacheAirflow
    from eks_blueprints.addons.argo_events import ArgoEvents as ArgoEvents
    from eks_blueprints.addons.argo_rollouts import ArgoRollouts as ArgoRollouts
    from eks_blueprints.addons.argo_workflows import ArgoWorkflows as ArgoWorkflows
    from eks_blueprints.addons.argocd import Argocd as Argocd
    from eks_blueprints.addons.argocd_capability import ArgocdCapability as ArgocdCapability
    from eks_blueprints.addons.argocd_image_updater import ArgocdImageUpdater as ArgocdImageUpdater
    from eks_blueprints.addons.aws_cloudwatch_metrics import AwsCloudwatchMetrics as AwsCloudwatchMetrics
    from eks_blueprints.addons.aws_ebs_csi_driver import AwsEbsCsiDriver as AwsEbsCsiDriver
    from eks_blueprints.addons.aws_efa_k8s_device_plugin import AwsEfaK8sDevicePlugin as AwsEfaK8sDevicePlugin
    from eks_blueprints.addons.aws_efs_csi_driver import AwsEfsCsiDriver as AwsEfsCsiDriver
    from eks_blueprints.addons.aws_for_fluent_bit import AwsForFluentBit as AwsForFluentBit
    from eks_blueprints.addons.aws_fsx_csi_driver import AwsFsxCsiDriver as AwsFsxCsiDriver
    from eks_blueprints.addons.aws_gateway_api_controller import AwsGatewayApiController as AwsGatewayApiController
    from eks_blueprints.addons.aws_guardduty_agent import AwsGuarddutyAgent as AwsGuarddutyAgent
    from eks_blueprints.addons.aws_load_balancer_controller import (
        AwsLoadBalancerController as AwsLoadBalancerController,
    )
    from eks_blueprints.addons.aws_mountpoint_s3_csi_driver import AwsMountpointS3CsiDriver as AwsMountpointS3CsiDriver
    from eks_blueprints.addons.aws_network_flow_monitoring_agent import (
        AwsNetworkFlowMonitoringAgent as AwsNetworkFlowMonitoringAgent,
    )
    from eks_blueprints.addons.aws_node_termination_handler import (
        AwsNodeTerminationHandler as AwsNodeTerminationHandler,
    )
    from eks_blueprints.addons.aws_privateca_issuer import AwsPrivatecaIssuer as AwsPrivatecaIssuer
    from eks_blueprints.addons.backstage import Backstage as Backstage
    from eks_blueprints.addons.base import AddOn as AddOn
    from eks_blueprints.addons.base import EksAddOn as EksAddOn
    from eks_blueprints.addons.bottlerocket_shadow import BottlerocketShadow as BottlerocketShadow
    from eks_blueprints.addons.bottlerocket_update_operator import (
        BottlerocketUpdateOperator as BottlerocketUpdateOperator,
    )
    from eks_blueprints.addons.calico import Calico as Calico
    from eks_blueprints.addons.cert_manager import CertManager as CertManager
    from eks_blueprints.addons.cert_manager_csi_driver import CertManagerCsiDriver as CertManagerCsiDriver
    from eks_blueprints.addons.cilium import Cilium as Cilium
    from eks_blueprints.addons.clickhouse_operator import ClickhouseOperator as ClickhouseOperator
    from eks_blueprints.addons.cluster_autoscaler import ClusterAutoscaler as ClusterAutoscaler
    from eks_blueprints.addons.cluster_proportional_autoscaler import (
        ClusterProportionalAutoscaler as ClusterProportionalAutoscaler,
    )
    from eks_blueprints.addons.coredns import Coredns as Coredns
    from eks_blueprints.addons.crossplane import Crossplane as Crossplane
    from eks_blueprints.addons.dask_kubernetes_operator import DaskKubernetesOperator as DaskKubernetesOperator
    from eks_blueprints.addons.datadog import Datadog as Datadog
    from eks_blueprints.addons.datahub import Datahub as Datahub
    from eks_blueprints.addons.descheduler import Descheduler as Descheduler
    from eks_blueprints.addons.eks_addon import EksAddon as EksAddon
    from eks_blueprints.addons.eks_node_monitoring_agent import EksNodeMonitoringAgent as EksNodeMonitoringAgent
    from eks_blueprints.addons.eks_pod_identity_agent import EksPodIdentityAgent as EksPodIdentityAgent
    from eks_blueprints.addons.emr_flink_operator import EmrFlinkOperator as EmrFlinkOperator
    from eks_blueprints.addons.emr_spark_operator import EmrSparkOperator as EmrSparkOperator
    from eks_blueprints.addons.external_dns import ExternalDns as ExternalDns
    from eks_blueprints.addons.external_secrets import ExternalSecrets as ExternalSecrets
    from eks_blueprints.addons.falco import Falco as Falco
    from eks_blueprints.addons.flink_operator import FlinkOperator as FlinkOperator
    from eks_blueprints.addons.fluxcd import Fluxcd as Fluxcd
    from eks_blueprints.addons.gatekeeper import Gatekeeper as Gatekeeper
    from eks_blueprints.addons.goldilocks import Goldilocks as Goldilocks
    from eks_blueprints.addons.grafana import Grafana as Grafana
    from eks_blueprints.addons.grafana_operator import GrafanaOperator as GrafanaOperator
    from eks_blueprints.addons.helm import Helm as Helm
    from eks_blueprints.addons.ingress_nginx import IngressNginx as IngressNginx
    from eks_blueprints.addons.istio_base import IstioBase as IstioBase
    from eks_blueprints.addons.istio_cni import IstioCni as IstioCni
    from eks_blueprints.addons.istio_ingress_gateway import IstioIngressGateway as IstioIngressGateway
    from eks_blueprints.addons.istiod import Istiod as Istiod
    from eks_blueprints.addons.jupyterhub import Jupyterhub as Jupyterhub
    from eks_blueprints.addons.keda import Keda as Keda
    from eks_blueprints.addons.kiali_operator import KialiOperator as KialiOperator
    from eks_blueprints.addons.knative_operator import KnativeOperator as KnativeOperator
    from eks_blueprints.addons.kro_capability import KroCapability as KroCapability
    from eks_blueprints.addons.kube_prometheus_stack import KubePrometheusStack as KubePrometheusStack
    from eks_blueprints.addons.kube_proxy import KubeProxy as KubeProxy
    from eks_blueprints.addons.kube_state_metrics import KubeStateMetrics as KubeStateMetrics
    from eks_blueprints.addons.kubecost import Kubecost as Kubecost
    from eks_blueprints.addons.kubeflow_trainer import KubeflowTrainer as KubeflowTrainer
    from eks_blueprints.addons.kuberay_operator import KuberayOperator as KuberayOperator
    from eks_blueprints.addons.kubevious import Kubevious as Kubevious
    from eks_blueprints.addons.kueue import Kueue as Kueue
    from eks_blueprints.addons.kuma import Kuma as Kuma
    from eks_blueprints.addons.kyverno import Kyverno as Kyverno
    from eks_blueprints.addons.kyverno_policies import KyvernoPolicies as KyvernoPolicies
    from eks_blueprints.addons.linkerd import Linkerd as Linkerd
    from eks_blueprints.addons.local_static_provisioner import LocalStaticProvisioner as LocalStaticProvisioner
    from eks_blueprints.addons.loki import Loki as Loki
    from eks_blueprints.addons.lws import Lws as Lws
    from eks_blueprints.addons.manifests import Manifests as Manifests
    from eks_blueprints.addons.metrics_server import MetricsServer as MetricsServer
    from eks_blueprints.addons.mlflow import Mlflow as Mlflow
    from eks_blueprints.addons.neuron import Neuron as Neuron
    from eks_blueprints.addons.nginx_ingress import NginxIngress as NginxIngress
    from eks_blueprints.addons.node_feature_discovery import NodeFeatureDiscovery as NodeFeatureDiscovery
    from eks_blueprints.addons.nvidia_device_plugin import NvidiaDevicePlugin as NvidiaDevicePlugin
    from eks_blueprints.addons.nvidia_gpu_operator import NvidiaGpuOperator as NvidiaGpuOperator
    from eks_blueprints.addons.opencost import Opencost as Opencost
    from eks_blueprints.addons.opensearch import Opensearch as Opensearch
    from eks_blueprints.addons.opentelemetry_collector import OpentelemetryCollector as OpentelemetryCollector
    from eks_blueprints.addons.opentelemetry_operator import OpentelemetryOperator as OpentelemetryOperator
    from eks_blueprints.addons.pinot import Pinot as Pinot
    from eks_blueprints.addons.polaris import Polaris as Polaris
    from eks_blueprints.addons.prometheus_adapter import PrometheusAdapter as PrometheusAdapter
    from eks_blueprints.addons.prometheus_cloudwatch_exporter import (
        PrometheusCloudwatchExporter as PrometheusCloudwatchExporter,
    )
    from eks_blueprints.addons.prometheus_node_exporter import PrometheusNodeExporter as PrometheusNodeExporter
    from eks_blueprints.addons.reloader import Reloader as Reloader
    from eks_blueprints.addons.secrets_store_csi_driver import SecretsStoreCsiDriver as SecretsStoreCsiDriver
    from eks_blueprints.addons.secrets_store_csi_driver_provider_aws import (
        SecretsStoreCsiDriverProviderAws as SecretsStoreCsiDriverProviderAws,
    )
    from eks_blueprints.addons.snapshot_controller import SnapshotController as SnapshotController
    from eks_blueprints.addons.spark_history_server import SparkHistoryServer as SparkHistoryServer
    from eks_blueprints.addons.spark_operator import SparkOperator as SparkOperator
    from eks_blueprints.addons.starrocks_operator import StarrocksOperator as StarrocksOperator
    from eks_blueprints.addons.storage_classes import StorageClasses as StorageClasses
    from eks_blueprints.addons.strimzi_kafka_operator import StrimziKafkaOperator as StrimziKafkaOperator
    from eks_blueprints.addons.superset import Superset as Superset
    from eks_blueprints.addons.tempo import Tempo as Tempo
    from eks_blueprints.addons.trino import Trino as Trino
    from eks_blueprints.addons.trivy_operator import TrivyOperator as TrivyOperator
    from eks_blueprints.addons.trust_manager import TrustManager as TrustManager
    from eks_blueprints.addons.valkey import Valkey as Valkey
    from eks_blueprints.addons.velero import Velero as Velero
    from eks_blueprints.addons.volcano import Volcano as Volcano
    from eks_blueprints.addons.vpa import Vpa as Vpa
    from eks_blueprints.addons.vpc_cni import VpcCni as VpcCni
    from eks_blueprints.addons.yunikorn import Yunikorn as Yunikorn
    from eks_blueprints.addons.ztunnel import Ztunnel as Ztunnel

_BASES = {
    "AddOn": "base",
    "Chart": "_helm_addon",
    "EksAddOn": "base",
    "HelmAddOn": "_helm_addon",
    "ManifestAddOn": "_manifest_addon",
}
"""Classes whose file does not have their name."""

__all__ = [
    "AckAcm",
    "AckAcmpca",
    "AckApigatewayv2",
    "AckApplicationautoscaling",
    "AckCapability",
    "AckCloudtrail",
    "AckCloudwatch",
    "AckCloudwatchlogs",
    "AckDynamodb",
    "AckEc2",
    "AckEcr",
    "AckEks",
    "AckElasticache",
    "AckEmrcontainers",
    "AckEventbridge",
    "AckIam",
    "AckKafka",
    "AckKinesis",
    "AckKms",
    "AckLambda",
    "AckMemorydb",
    "AckMq",
    "AckOpensearchservice",
    "AckPipes",
    "AckPrometheusservice",
    "AckRds",
    "AckRoute53",
    "AckRoute53resolver",
    "AckS3",
    "AckSagemaker",
    "AckSecretsmanager",
    "AckSfn",
    "AckSns",
    "AckSqs",
    "AddOn",
    "Adot",
    "Agones",
    "AmazonCloudwatchObservability",
    "ApacheAirflow",
    "ArgoEvents",
    "ArgoRollouts",
    "ArgoWorkflows",
    "Argocd",
    "ArgocdCapability",
    "ArgocdImageUpdater",
    "AwsCloudwatchMetrics",
    "AwsEbsCsiDriver",
    "AwsEfaK8sDevicePlugin",
    "AwsEfsCsiDriver",
    "AwsForFluentBit",
    "AwsFsxCsiDriver",
    "AwsGatewayApiController",
    "AwsGuarddutyAgent",
    "AwsLoadBalancerController",
    "AwsMountpointS3CsiDriver",
    "AwsNetworkFlowMonitoringAgent",
    "AwsNodeTerminationHandler",
    "AwsPrivatecaIssuer",
    "Backstage",
    "BottlerocketShadow",
    "BottlerocketUpdateOperator",
    "Calico",
    "CertManager",
    "CertManagerCsiDriver",
    "Chart",
    "Cilium",
    "ClickhouseOperator",
    "ClusterAutoscaler",
    "ClusterProportionalAutoscaler",
    "Coredns",
    "Crossplane",
    "DaskKubernetesOperator",
    "Datadog",
    "Datahub",
    "Descheduler",
    "EksAddOn",
    "EksAddon",
    "EksNodeMonitoringAgent",
    "EksPodIdentityAgent",
    "EmrFlinkOperator",
    "EmrSparkOperator",
    "ExternalDns",
    "ExternalSecrets",
    "Falco",
    "FlinkOperator",
    "Fluxcd",
    "Gatekeeper",
    "Goldilocks",
    "Grafana",
    "GrafanaOperator",
    "Helm",
    "HelmAddOn",
    "IngressNginx",
    "IstioBase",
    "IstioCni",
    "IstioIngressGateway",
    "Istiod",
    "Jupyterhub",
    "Keda",
    "KialiOperator",
    "KnativeOperator",
    "KroCapability",
    "KubePrometheusStack",
    "KubeProxy",
    "KubeStateMetrics",
    "Kubecost",
    "KubeflowTrainer",
    "KuberayOperator",
    "Kubevious",
    "Kueue",
    "Kuma",
    "Kyverno",
    "KyvernoPolicies",
    "Linkerd",
    "LocalStaticProvisioner",
    "Loki",
    "Lws",
    "ManifestAddOn",
    "Manifests",
    "MetricsServer",
    "Mlflow",
    "Neuron",
    "NginxIngress",
    "NodeFeatureDiscovery",
    "NvidiaDevicePlugin",
    "NvidiaGpuOperator",
    "Opencost",
    "Opensearch",
    "OpentelemetryCollector",
    "OpentelemetryOperator",
    "Pinot",
    "Polaris",
    "PrometheusAdapter",
    "PrometheusCloudwatchExporter",
    "PrometheusNodeExporter",
    "Reloader",
    "SecretsStoreCsiDriver",
    "SecretsStoreCsiDriverProviderAws",
    "SnapshotController",
    "SparkHistoryServer",
    "SparkOperator",
    "StarrocksOperator",
    "StorageClasses",
    "StrimziKafkaOperator",
    "Superset",
    "Tempo",
    "Trino",
    "TrivyOperator",
    "TrustManager",
    "Valkey",
    "Velero",
    "Volcano",
    "Vpa",
    "VpcCni",
    "Yunikorn",
    "Ztunnel",
]


def __getattr__(name: str) -> Any:
    kind = "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
    home = _BASES.get(name, kind)
    try:
        return getattr(importlib.import_module(f"{__name__}.{home}"), name)
    except (ModuleNotFoundError, AttributeError):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
