"""What runs in an AWS account and in a cluster, asked of AWS by boto3 and of Kubernetes by kubectl."""
