"""Which pods can be reached, and by whom: NetworkPolicies, Services, load balancers and security groups of a plan."""
