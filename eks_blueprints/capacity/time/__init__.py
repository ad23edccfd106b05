"""A platform over time: what happens to it, and what kube-scheduler and the provisioners do about it."""
