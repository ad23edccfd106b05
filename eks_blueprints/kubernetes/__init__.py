"""Kubernetes objects as they are written down, and what an API server would refuse of them."""
