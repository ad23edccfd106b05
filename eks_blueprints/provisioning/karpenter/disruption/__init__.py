"""Karpenter's voluntary disruption: which nodes it takes away or replaces, when, and what holds it back.

Functions of a `State`, which they do not change. Source: sigs.k8s.io/karpenter pkg/controllers/disruption, v1.14.1.
"""
