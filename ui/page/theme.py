"""Fonts and colours for the parts Gradio draws itself; everything else is in page.css."""

from __future__ import annotations

from importlib import resources
from typing import Any

SANS = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "sans-serif"]


def theme() -> Any:
    """A theme of system fonts: nothing is fetched."""
    import gradio as gr

    return gr.themes.Base(font=SANS, font_mono=["monospace"]).set(
        body_background_fill="#faf9f6",
        body_background_fill_dark="#15181b",
        body_text_color="#1d2327",
        body_text_color_dark="#e7e5df",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_shadow="none",
        block_padding="0px",
        layout_gap="0px",
    )


def asset(name: str) -> str:
    """The text of a file in this folder."""
    return resources.files("ui.page").joinpath(name).read_text(encoding="utf-8")
