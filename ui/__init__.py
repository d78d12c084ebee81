"""Command line, page and REST: draw what the stages below return, decide nothing."""
