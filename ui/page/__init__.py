"""The page: one Gradio app in Chinese over a library. ``ui.rendering`` draws, this package wires."""
