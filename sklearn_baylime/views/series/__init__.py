"""How series are shown."""
