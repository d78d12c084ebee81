"""Targets 目标指标: figures with their indicator, kind, year and place."""
