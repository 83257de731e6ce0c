"""Install, verify and find model weights (models/manifest.toml)."""
