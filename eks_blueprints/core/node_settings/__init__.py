"""What nodes can be told: the settings of nodeadm, the kubelet and Bottlerocket as dated tables, and checks by them."""

USER_DATA_LIMIT = 16_384
"""Most bytes of an instance's user data, before it is encoded in base64. Source: EC2 user guide, "Run commands when you
launch an EC2 instance with user data input"."""
