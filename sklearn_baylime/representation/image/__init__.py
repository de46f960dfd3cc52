"""Representations of images."""
