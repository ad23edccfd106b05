"""What nodes can be told: the settings of nodeadm, the kubelet and Bottlerocket as dated tables, and checks by them."""
