"""How Karpenter chooses nodes for pods that wait.

Source: sigs.k8s.io/karpenter v1.14.1, pkg/controllers/provisioning/scheduling and pkg/scheduling.
"""
