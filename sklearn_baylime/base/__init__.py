"""What the parts of an explainer promise each other."""

__all__: list[str] = []
