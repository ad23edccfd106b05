"""Applications as people write them for kubectl."""

SHOP = """\
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: shop}}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop, labels: {app: web}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web-settings, namespace: shop}
data:
  level: info
  nginx.conf: |
    worker_processes 1;
    events {}
---
apiVersion: v1
kind: Secret
metadata: {name: login, namespace: shop}
data: {password: aHVudGVyMg==, user: YWRtaW4=}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {app: web, tier: front}
  annotations: {example.com/owner: shop}
spec:
  replicas: 3
  revisionHistoryLimit: 4
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web, tier: front, version: "1"}
      annotations: {prometheus.io/scrape: "true"}
    spec:
      serviceAccountName: web
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 60
      initContainers:
        - name: migrate
          image: example.com/migrate:1
          command: [migrate, --all]
          volumeMounts: [{name: cache, mountPath: /cache}]
        - name: proxy
          image: example.com/proxy:1
          restartPolicy: Always
      containers:
        - name: server
          image: example.com/web:1.4
          args: ["--port", "8080"]
          ports: [{name: http, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]
          env:
            - {name: LEVEL, valueFrom: {configMapKeyRef: {name: web-settings, key: level}}}
            - {name: PASSWORD, valueFrom: {secretKeyRef: {name: login, key: password}}}
            - {name: EMPTY}
          envFrom: [{configMapRef: {name: shared}}]
          readinessProbe: {httpGet: {path: /ready, port: http}}
          livenessProbe: {tcpSocket: {port: 8080}, periodSeconds: 5}
          resources: {requests: {cpu: 1, memory: 256Mi}, limits: {memory: 512Mi}}
          securityContext: {runAsUser: 1000}
          lifecycle: {preStop: {exec: {command: [sleep, "5"]}}}
          volumeMounts:
            - {name: settings, mountPath: /etc/nginx, readOnly: true}
            - {name: cache, mountPath: /cache}
            - {name: disk, mountPath: /data, subPath: web}
        - name: log
          image: example.com/log:1
      volumes:
        - {name: settings, configMap: {name: web-settings, defaultMode: 0644}}
        - {name: cache, emptyDir: {}}
        - {name: disk, persistentVolumeClaim: {claimName: web-disk}}
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 1
              podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: efs}
provisioner: efs.csi.aws.com
parameters: {provisioningMode: efs-ap, fileSystemId: fs-0123456789abcdef0, directoryPerms: "700"}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: web-disk, namespace: shop}
spec: {accessModes: [ReadWriteMany], storageClassName: efs, resources: {requests: {storage: 20Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop, labels: {app: web}}
spec:
  type: LoadBalancer
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: v1
kind: Service
metadata: {name: front-internal, namespace: shop}
spec:
  selector: {app: web}
  ports: [{port: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: certificate}]
  rules:
    - host: shop.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: front, port: {number: 80}}}}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web-budget, namespace: shop}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {}}]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
"""

OTHERS = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db-pods
  replicas: 2
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
        - name: db
          image: example.com/db:16
          ports: [{containerPort: 5432, name: sql}]
          env: [{name: DB_PASSWORD, value: hunter2hunter2}, {name: DB_NAME, value: shop}]
          volumeMounts: [{name: data, mountPath: /var/lib/db}]
  volumeClaimTemplates:
    - metadata: {name: data}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 10Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: db-pods, labels: {app: db}}
spec: {clusterIP: None, selector: {app: db}, ports: [{name: sql, port: 5432, targetPort: sql}]}
---
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {selector: {app: db}, ports: [{name: sql, port: 5432, targetPort: sql}]}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup}
spec:
  schedule: "30 2 * * *"
  jobTemplate:
    spec:
      backoffLimit: 2
      ttlSecondsAfterFinished: 600
      template:
        spec:
          restartPolicy: OnFailure
          containers: [{name: backup, image: example.com/backup:1, command: [backup]}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: seed, labels: {app: seed}}
spec:
  template:
    metadata: {labels: {app: seed}}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: example.com/seed:1}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      hostNetwork: true
      tolerations: [{operator: Exists}]
      containers:
        - name: agent
          image: example.com/agent:1
          securityContext: {privileged: true}
          volumeMounts: [{name: logs, mountPath: /var/log}, {name: logs, mountPath: /logs, readOnly: true}]
      volumes: [{name: logs, hostPath: {path: /var/log}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, labels: {app: api}}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - {name: api, image: "example.com/api:1", resources: {requests: {cpu: 100m}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: api}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}
  minReplicas: 2
  maxReplicas: 5
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {auth: {type: object, properties: {secret: {type: string}}}}}}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: round}
spec: {auth: {secret: users}}
---
apiVersion: v1
kind: Secret
metadata: {name: binary}
data: {key: //79}
"""
