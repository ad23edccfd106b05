"""Stand-in resource providers: plugins that the real engine starts in place of the AWS, Kubernetes and EKS ones."""
