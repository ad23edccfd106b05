"""Names of what provisions volumes of AWS storage."""

EBS = ("ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com", "kubernetes.io/aws-ebs")
"""Of Amazon EBS: the CSI driver, that of EKS Auto Mode, and the provisioner that the CSI driver took the place of."""
