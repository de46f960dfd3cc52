"""Pictures of weights that need no instance: steps, targets, ranks, many, fits."""
