"""Repositories of images in Amazon ECR, which teams and stacks of pipelines have."""
