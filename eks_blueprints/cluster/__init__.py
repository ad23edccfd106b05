"""The EKS cluster: control plane, its role, keys, logs, OIDC provider and Kubernetes provider."""
