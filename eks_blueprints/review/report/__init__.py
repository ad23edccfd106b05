"""What a pull request would change, in the order that a reviewer needs it: terminal, Markdown, JSON and HTML."""
