"""What happens to a platform after it stands, up to its end."""
