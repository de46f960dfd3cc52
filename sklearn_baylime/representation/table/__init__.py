"""Representations of tables."""
