"""Representations of sequences."""
