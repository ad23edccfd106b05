# ruff: noqa: E501 - one object a line
"""What an API server refuses of an object though each of its fields is of its type; seen on a real one (1.36)."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from eks_blueprints.kubernetes import check
from eks_blueprints.kubernetes.custom import Definitions
from eks_blueprints.kubernetes.shapes import of

POD = "containers: [{name: mill, image: flour}]"
DEPLOYMENT = "selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {%s}}"
JOB = "template: {spec: {restartPolicy: Never, containers: [{name: mill, image: flour}]}}"
CRD = "{type: object}"


def read(kind: str, text: str, name: str = "metadata: {name: barn}") -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(f"{{{name}, {text}}}")
    version = [each for each in of(36).api_versions(kind) if "alpha" not in each and "beta" not in each][-1]
    return {"apiVersion": version, "kind": kind, **found}


def crd(schema: str = CRD, **parts: str) -> dict[str, Any]:
    names = parts.get("names", "plural: carts, kind: Cart")
    version = f"name: {parts.get('version', 'v1')}, served: true, storage: true, schema: {{openAPIV3Schema: {schema}}}"
    version += f", {parts['more']}" if "more" in parts else ""
    spec = f"spec: {{group: farm.example, scope: Cluster, names: {{{names}}}, versions: [{{{version}}}]}}"
    return read("CustomResourceDefinition", spec, f"metadata: {{name: {parts.get('name', 'carts.farm.example')}}}")


def told(manifest: dict[str, Any]) -> list[str]:
    found = check.Checked()
    check.check(manifest, of(36), Definitions(()), found)
    return [str(problem) for problem in found.problems]


REFUSED: list[tuple[dict[str, Any], str]] = [
    (read("ConfigMap", "data: {}", "metadata: {}"), "metadata: needs a name; got {}"),
    (read("ConfigMap", "data: {}", "metadata: {name: ''}"), "metadata: needs a name"),
    ({"apiVersion": "v1", "kind": "ConfigMap"}, "metadata: needs a name; got null; write metadata: {name: …}"),
    (
        {"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "ConfigMap"}]},
        "items[0].metadata: needs a name",
    ),
    (
        read("Namespace", "spec: {}", "metadata: {name: a, labels: {pod-security.kubernetes.io/warn: strict}}"),
        "use privileged, baseline or restricted",
    ),
    (
        read("Namespace", "spec: {}", "metadata: {name: a, labels: {pod-security.kubernetes.io/audit-version: '1.35'}}"),
        "use latest or one such as v1.35",
    ),
    (
        read("Service", "spec: {loadBalancerClass: a.b/c, ports: [{port: 80}]}"),
        "spec.loadBalancerClass: is allowed with type LoadBalancer only; got type ClusterIP",
    ),
    (
        read("Service", "spec: {type: NodePort, loadBalancerSourceRanges: [10.0.0.0/8], ports: [{port: 80}]}"),
        "spec.loadBalancerSourceRanges: is allowed with type LoadBalancer only; got type NodePort",
    ),
    (
        read("Service", "spec: {externalTrafficPolicy: Local, ports: [{port: 80}]}"),
        "spec.externalTrafficPolicy: needs a service that is reached from outside",
    ),
    (
        read("Service", "spec: {ports: [{port: 80, name: ''}, {port: 81, name: b}]}"),
        "spec.ports[0].name: is required with several ports",
    ),
    (read("Ingress", "spec: {rules: [{host: 10.1.2.3}]}"), "spec.rules[0].host: cannot be an address"),
    (read("Ingress", "spec: {rules: [{host: Farm.example}]}"), "spec.rules[0].host: can contain only lower-case"),
    (read("Ingress", "spec: {rules: [{host: a.*.example}]}"), "spec.rules[0].host: can contain only"),
    (
        read("Ingress", "spec: {rules: [{host: a.b}], tls: [{hosts: ['']}]}"),
        "spec.tls[0].hosts[0]: cannot be empty",
    ),
    (
        read("Ingress", "spec: {defaultBackend: {service: {name: a, port: {name: Not Good}}}}"),
        "spec.defaultBackend.service.port.name: is not a valid name of a port",
    ),
    (
        read("NetworkPolicy", "spec: {podSelector: {}, policyTypes: [Ingress, Egress, Ingress]}"),
        "spec.policyTypes: can have at most two entries; got 3",
    ),
    (
        read("CronJob", f"spec: {{timeZone: local, schedule: '@daily', jobTemplate: {{spec: {{{JOB}}}}}}}"),
        "spec.timeZone: is no time zone; got \"local\"",
    ),
    (
        read("CronJob", f"spec: {{timeZone: Mars And Moon, schedule: '@daily', jobTemplate: {{spec: {{{JOB}}}}}}}"),
        "spec.timeZone: is no time zone",
    ),
    (
        read("Pod", "spec: {containers: [{name: a, image: b, env: [{name: A, valueFrom: {fieldRef: {fieldPath: status.phase}}}]}]}"),
        "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: cannot be taken from a pod here; got \"status.phase\"",
    ),
    (
        read("Pod", f"spec: {{{POD}, volumes: [{{name: v, downwardAPI: {{items: [{{path: a, fieldRef: {{fieldPath: spec.nodeName}}}}]}}}}]}}"),
        "spec.volumes[0].downwardAPI.items[0].fieldRef.fieldPath: cannot be taken",
    ),
    (
        read("Pod", "spec: {containers: [{name: a, image: b, ports: [{containerPort: 1, hostPort: 9}]}, {name: b, image: b, ports: [{containerPort: 2, hostPort: 9, protocol: TCP}]}]}"),
        "spec.containers[1].ports[0].hostPort: is used twice; got 9",
    ),
    (
        read("Pod", f"spec: {{{POD}, topologySpreadConstraints: [&t {{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule, labelSelector: {{}}}}, *t]}}"),
        "spec.topologySpreadConstraints[1]: spreads by the same as another one",
    ),
    (
        read("Deployment", f"spec: {{{DEPLOYMENT % f'priorityClassName: Not_Good, {POD}'}}}"),
        "spec.template.spec.priorityClassName: can contain only",
    ),
    (
        read("StatefulSet", f"spec: {{{DEPLOYMENT % POD}, volumeClaimTemplates: [{{spec: {{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}}}]}}"),
        "spec.volumeClaimTemplates[0].metadata.name: is required, as pods mount it by that",
    ),
    (
        read("RoleBinding", "roleRef: {kind: Role, name: r}, subjects: [{kind: ServiceAccount, name: 'a:b', namespace: c}]"),
        "subjects[0].name: can contain only",
    ),
    (read("ResourceQuota", "spec: {hard: {pods: -1}}"), "spec.hard.pods: is negative; got -1"),
    (read("ResourceQuota", "spec: {hard: {services: 1500m}}"), "spec.hard.services: is not a whole number"),
    (read("ResourceQuota", "spec: {hard: {pods: 1}, scopes: [Besteffort]}"), "did you mean BestEffort?"),
    (read("LimitRange", "spec: {limits: [{type: Containr, max: {cpu: 1}}]}"), "did you mean Container?"),
    (read("LimitRange", "spec: {limits: [{type: Container, max: {cpux: 1}}]}"), "spec.limits[0].max.cpux: is not a resource"),
    (
        read("LimitRange", "spec: {limits: [{type: Container, max: {cpu: 1}, default: {cpu: 1500m}}]}"),
        "spec.limits[0].default.cpu: is more than max; got \"1500m\" and a max of 1",
    ),
    (read("LimitRange", "spec: {limits: [{type: Pod, default: {cpu: 1}}]}"), "spec.limits[0].default: is not allowed with type Pod"),
    (read("RuntimeClass", "handler: h, overhead: {podFixed: {cpux: 1}}"), "overhead.podFixed.cpux: is not a resource"),
    (
        read("HorizontalPodAutoscaler", "spec: {maxReplicas: 2, minReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}}"),
        "spec.maxReplicas: is less than minReplicas; got 2 and 3; use 3 or more",
    ),
    (
        read("HorizontalPodAutoscaler", "spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization}}}]}"),
        "spec.metrics[0].resource.target.averageUtilization: needs averageUtilization or averageValue; got neither",
    ),
    (
        read("HorizontalPodAutoscaler", "spec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}, metrics: [{type: Pods, pods: {metric: {name: m}, target: {type: Value, value: 1}}}]}"),
        "spec.metrics[0].pods.target.averageValue: needs averageValue; got nothing",
    ),
    (
        read("ValidatingWebhookConfiguration", "webhooks: [{name: a.b.c, sideEffects: None, admissionReviewVersions: [v1, v1], clientConfig: {service: {name: a, namespace: b, path: check}}}]"),
        "webhooks[0].clientConfig.service.path: is not a valid path of a webhook",
    ),
    (
        read("MutatingWebhookConfiguration", "webhooks: [{name: a.b.c, sideEffects: None, admissionReviewVersions: [v1, v1], clientConfig: {service: {name: a, namespace: b, path: /}}}]"),
        "webhooks[0].admissionReviewVersions[1]: is listed twice",
    ),
    (
        read("ValidatingAdmissionPolicy", "spec: {matchConstraints: {namespaceSelector: {}}, validations: [{expression: 'true'}]}"),
        "spec.matchConstraints.resourceRules: is required",
    ),
    (
        read("EndpointSlice", "addressType: IPv6, endpoints: [{addresses: [10.1.2.3]}]"),
        "endpoints[0].addresses[0]: is not a valid IPv6 address",
    ),
    (
        read("EndpointSlice", "addressType: IPv4, endpoints: [], ports: [{name: a, port: 1}, {name: a, port: 2}]"),
        "ports[1].name: is used twice",
    ),
    (crd(name="wagons.farm.example"), "metadata.name: must be the plural and the group of its kind"),
    (crd(version="V1 beta"), "spec.versions[0].name: is not a valid version"),
    (crd(names="plural: carts, kind: 7cart"), "spec.names.kind: is not a valid name of a kind"),
    (crd(names="plural: carts, kind: Cart, shortNames: [C]"), "spec.names.shortNames[0]: is not a valid name"),
    (crd("null"), "spec.versions[0].schema.openAPIV3Schema: is required"),
    (crd("{type: array}"), "spec.versions[0].schema.openAPIV3Schema.type: must be object at the root"),
    (crd("{type: object, properties: {spec: {}}}"), "openAPIV3Schema.properties.spec.type: is required"),
    (crd("{type: object, properties: {a: {type: array, items: {}}}}"), "properties.a.items.type: is required"),
    (
        crd("{type: object, properties: {a: {type: object, additionalProperties: {description: d}}}}"),
        "properties.a.additionalProperties.type: is required",
    ),
    (crd("{type: object, properties: {a: {type: text}}}"), "properties.a.type: is not one of the allowed values"),
    (crd(more="subresources: {status: 'yes'}"), "spec.versions[0].subresources.status: needs a mapping"),
    (
        crd(more="additionalPrinterColumns: [{name: A, type: text, jsonPath: spec.a}]"),
        "additionalPrinterColumns[0].jsonPath: must begin with a dot",
    ),
]  # fmt: skip

TAKEN: list[dict[str, Any]] = [
    read("ConfigMap", "data: {}", "metadata: {generateName: barn-}"),
    read("LimitRange", "spec: {limits: [{type: Pod, max: {cpu: 1}}]}", "metadata: {}"),
    read("Namespace", "spec: {}", "metadata: {name: a, labels: {pod-security.kubernetes.io/warn-version: v1.30, pod-security.kubernetes.io/enforce: restricted}}"),
    read("Service", "spec: {externalIPs: [1.2.3.4], externalTrafficPolicy: Local, ports: [{port: 1}]}"),
    read("Ingress", "spec: {rules: [{host: '*.farm.example'}]}"),
    read("CronJob", f"spec: {{timeZone: America/Argentina/Buenos_Aires, schedule: '@daily', jobTemplate: {{spec: {{{JOB}}}}}}}"),
    read("CronJob", f"spec: {{timeZone: Etc/GMT+5, schedule: '@daily', jobTemplate: {{spec: {{{JOB}}}}}}}"),
    read("Pod", "spec: {containers: [{name: a, image: b, env: [{name: A, valueFrom: {fieldRef: {fieldPath: \"metadata.annotations['a.b/c']\"}}}, {name: B, valueFrom: {fieldRef: {fieldPath: status.podIPs}}}]}]}"),
    read("Pod", f"spec: {{{POD}, volumes: [{{name: v, downwardAPI: {{items: [{{path: a, fieldRef: {{fieldPath: metadata.labels}}}}]}}}}]}}"),
    read("Pod", "spec: {containers: [{name: a, image: b, ports: [{name: t, containerPort: 53, hostPort: 53}, {name: u, containerPort: 53, hostPort: 53, protocol: UDP}]}]}"),
    read("Pod", f"spec: {{{POD}, volumes: [{{name: v, scaleIO: {{gateway: g, system: s, volumeName: n}}}}]}}"),
    read("Job", "spec: {podFailurePolicy: {}, template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}"),
    read("CSIDriver", "spec: {tokenRequests: [{}]}"),
    read("CSINode", "spec: {}"),
    read("EndpointSlice", "addressType: IPv4, endpoints: [{addresses: [10.1.2.3], hints: {forZones: [{}]}}]"),
    read("EndpointSlice", "addressType: FQDN, endpoints: [{addresses: [a.b.c]}], ports: [{name: '', port: 1}, {name: a, port: 1}]"),
    read("RoleBinding", "roleRef: {kind: Role, name: r}, subjects: [{kind: User, name: 'a:b C'}]"),
    read("ResourceQuota", "spec: {hard: {cpu: 1.5, requests.storage: 1.5Gi, count/jobs.batch: 1, requests.nvidia.com/gpu: 1, gold.storageclass.storage.k8s.io/requests.storage: 5, services.nodeports: 0}, scopes: [Terminating]}"),
    read("LimitRange", "spec: {limits: [{type: Container, max: {nvidia.com/gpu: 1, cpu: 500m}, min: {cpu: 0.5}}, {type: farm.example/Cart, max: {storage: 1Gi}}, {type: Pod, default: {}}]}"),
    read("RuntimeClass", "handler: h, overhead: {podFixed: {cpu: 1, nvidia.com/gpu: 1}}"),
    read("ValidatingAdmissionPolicyBinding", "spec: {policyName: p, validationActions: [Deny], matchResources: {namespaceSelector: {matchLabels: {a: b}}}}"),
    read("ValidatingWebhookConfiguration", "webhooks: [{name: a.b.c, sideEffects: None, admissionReviewVersions: [v1, a1], clientConfig: {service: {name: a, namespace: b, path: /apis/a.b/v1/x-y/}}}]"),
    crd("{type: object, properties: {a: {x-kubernetes-preserve-unknown-fields: true}, b: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}, c: {type: object, additionalProperties: true}}}"),
    crd(more="subresources: {status: {}}, additionalPrinterColumns: [{name: A b, type: string, jsonPath: '.status.conditions[?(@.type==\"Ready\")].status'}]"),
]  # fmt: skip


@pytest.mark.parametrize(("manifest", "message"), REFUSED, ids=lambda value: value if isinstance(value, str) else None)
def test_refused(manifest: dict[str, Any], message: str) -> None:
    assert any(message in each for each in told(manifest)), told(manifest)


@pytest.mark.parametrize("manifest", TAKEN, ids=lambda manifest: manifest["kind"])
def test_taken(manifest: dict[str, Any]) -> None:
    assert told(manifest) == []


def test_numbers_of_custom_resources_fit_their_format() -> None:
    spec = {"scaleTargetRef": {"name": "mill"}, "cooldownPeriod": 2**40, "triggers": [{"type": "cron", "metadata": {}}]}
    scaled = {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": {"name": "a"}, "spec": spec}
    assert any(f"is too large; got {2**40}; use at most {2**31 - 1}" in each for each in told(scaled))


def test_an_object_whose_name_the_provider_makes_needs_none() -> None:
    found = check.Checked()
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}}
    check.check(manifest, of(36), Definitions(()), found, may_be_nameless=True)
    assert not found.problems
