"""How the wheel gets its one top-level name."""
