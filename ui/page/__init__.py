"""The page: one Gradio app in Chinese over a library. Each tab is a folder: events, and what they draw."""
