"""Larder: a private NuGet V3 feed. docs/architecture.md says which module does what."""

__version__ = "0.1.0"
