"""How images are shown."""
