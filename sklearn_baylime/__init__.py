"""Explain a prediction of any model, and say how sure the explanation is."""
