"""How nodes are chosen for pods: by Karpenter and EKS Auto Mode, by Cluster Autoscaler, by Fargate."""
