"""Who may use the Kubernetes API of a cluster: access entries and the AWS access policies tied to them."""
