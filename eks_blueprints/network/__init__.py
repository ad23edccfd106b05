"""The VPC of a platform: a new one in eksctl's layout or one's own, or one that is there already."""
