"""`python -m eks_blueprints` is `eks-blueprints`."""

from eks_blueprints.cli import main

if __name__ == "__main__":
    main()
