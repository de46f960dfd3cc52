"""Representations of texts."""
