"""Karpenter's and EKS Auto Mode's objects as data: pools, classes of nodes, and what holds across them."""
