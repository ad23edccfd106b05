"""Cluster Autoscaler: which groups grow for pods that wait, and which nodes it takes away again.

Source: github.com/kubernetes/autoscaler, folder cluster-autoscaler, 1.36.1.
"""
