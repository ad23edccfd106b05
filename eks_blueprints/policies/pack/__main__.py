"""The policy pack: the engine runs this folder. It needs eks-blueprints and pulumi-policy in one environment."""

from eks_blueprints.policies.crossguard import main

main()
