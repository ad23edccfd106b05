"""What AWS CodePipeline and CodeBuild need to run a pipeline: names, roles, projects, actions, events, notices."""
