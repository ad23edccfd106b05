"""Stack files of any size, to see how time and room grow with them."""

from __future__ import annotations

HEAD = """\
region: eu-west-1
cluster: {version: "1.35", endpoint_public_access: true, public_access_cidrs: [203.0.113.0/24]}
compute: {system: {kind: managed_nodes}}
addons:
  vpc_cni: {}
  kube_proxy: {}
  eks_pod_identity_agent: {}
  coredns: {}
"""
CHART = "kind: helm, chart: podinfo, repository: https://stefanprodan.github.io/podinfo, version: 6.9.0"
CONFIG_MAP = (
    "      settings{n}: {{apiVersion: v1, kind: ConfigMap, metadata: {{name: settings{n}}}, data: {{at: v{n}}}}}\n"
)
SERVICE = (
    "      web{n}: {{apiVersion: v1, kind: Service, metadata: {{name: web{n}, labels: {{app: web{n}}}}}, "
    "spec: {{selector: {{app: web{n}}}, ports: [{{name: http, port: 80, targetPort: 8080}}]}}}}\n"
)
DEPLOYMENT = (
    "      app{n}: {{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web{n}}}, spec: {{selector: "
    "{{matchLabels: {{app: web{n}}}}}, template: {{metadata: {{labels: {{app: web{n}}}}}, spec: {{containers: "
    "[{{name: app, image: nginx:1.29.3, ports: [{{containerPort: 8080}}]}}]}}}}}}}}\n"
)
OBJECTS = (CONFIG_MAP, SERVICE, DEPLOYMENT)
WORKLOAD = (
    "  web{n}: {{kind: deployment, namespace: team-{team}, image: nginx:1.29.3, replicas: {replicas}, "
    "ports: {{http: 8080}}, requests: {{cpu: 100m, memory: 128Mi}}}}\n"
)


def charts(count: int, replicas: int) -> str:
    """A stack file with so many charts."""
    rows = (
        f'  app{n}: {{{CHART}, namespace: team-{n % 50}, values: {{replicaCount: {replicas}, tag: "6.{n}"}}}}\n'
        for n in range(count)
    )
    return HEAD + "".join(rows)


def resources(count: int, replicas: int) -> str:
    """A stack file of about so many resources: of each four three are objects of Kubernetes, and one a chart."""
    rows = (OBJECTS[n % 3].format(n=n // 3) for n in range(count * 3 // 4))
    return f"{charts(count // 4, replicas)}  manifests:\n    manifests:\n{''.join(rows)}"


def workloads(count: int, replicas: int) -> str:
    """A stack file with so many Deployments of ours."""
    rows = (WORKLOAD.format(n=n, team=n % 20, replicas=replicas) for n in range(count))
    return f"{HEAD}workloads:\n{''.join(rows)}"


def text(kilobytes: int, replicas: int) -> str:
    """A stack file of one chart with values of that size, in texts of 80 lines."""
    lorem = "        lorem ipsum dolor sit amet, consectetur adipiscing elit\n" * 80
    rows = "".join(f"      text{n}: |\n{lorem}" for n in range(kilobytes * 1000 // len(lorem)))
    start = f"  app:\n    {CHART.replace(', ', chr(10) + '    ')}\n    namespace: team\n    values:\n"
    return f"{HEAD}{start}      replicaCount: {replicas}\n{rows}"


def pools(count: int) -> str:
    """A stack file with so many node pools of Karpenter, each of other instance types and weights."""
    rows = (
        f"      pool{n}: {{weight: {n % 5 + 1}, instance_categories: [{'cmr'[n % 3]}, {'mrc'[n % 3]}], "
        f"architectures: [{'amd64' if n % 2 else 'arm64'}], capacity_types: [spot, on-demand], "
        f'limits: {{cpu: "{200000 + n}"}}}}\n'
        for n in range(count)
    )
    karpenter = "  nodes:\n    kind: karpenter\n    node_pools:\n"
    return HEAD.replace(
        "compute: {system: {kind: managed_nodes}}", "compute:\n  system: {kind: managed_nodes}"
    ).replace("addons:\n", f"{karpenter}{''.join(rows)}addons:\n")


def requests(count: int) -> str:
    """A table of so many pods, in workloads of at most 100, no two of the same size."""
    rows = (f"web{n},{min(100, count - n)},{50 + 7 * n % 1450}m,{64 + 13 * n % 4000}Mi\n" for n in range(0, count, 100))
    return "name,count,cpu,memory\n" + "".join(rows)
