"""How kube-scheduler places pods: nodes, pods, what excludes a node, and which one of the rest is taken."""
