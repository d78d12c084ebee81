"""Plain forms of HTML: what they are drawn of, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from ui.page.kit.html import Html, el, join

_FORM_BYTES, _FORM_FIELDS = 20_000, 20
HEADERS = {
    "Cache-Control": "no-store",
    # the page's own policy, no-referrer, makes browsers send "Origin: null" with a form, which the gate refuses
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
_STYLE = """
body{margin:0;font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1d2733;background:#f6f4ef}
main{max-width:24rem;margin:0 auto;padding:2rem 1rem}main.wide{max-width:72rem}h1{font-size:1.3rem;margin:0 0 1rem}
h2{font-size:1.05rem;margin:2rem 0 .5rem}label{display:block;margin:.8rem 0}label span{display:block;margin-bottom:.2rem}
input,select{box-sizing:border-box;width:100%;min-height:44px;padding:.6rem .7rem;font:inherit;border:1px solid #6b7684;border-radius:4px;background:#fff}
input:focus-visible,select:focus-visible,button:focus-visible,a:focus-visible,.list:focus-visible{outline:3px solid #0b5cad;outline-offset:2px}
button,a.button{font:inherit;min-height:44px;padding:.5rem 1.2rem;border:1px solid #8c2f23;border-radius:4px;background:#8c2f23;color:#fff;cursor:pointer}
a.button{display:inline-block;box-sizing:border-box;text-decoration:none}
button.quiet,a.quiet{background:#fff;color:#8c2f23}.wrong{border-left:4px solid #b3261e;background:#fdecea;padding:.6rem .8rem}
.said{border-left:4px solid #2e6b3e;background:#eaf5ec;padding:.6rem .8rem}.meta{color:#4d5966;font-size:.9rem}
.said code{display:block;font-size:1.05rem;overflow-wrap:anywhere;user-select:all}
.list{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;min-width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d8d3c8;vertical-align:top;overflow-wrap:anywhere}th{white-space:nowrap}
td a{display:inline-block;min-height:24px;min-width:24px}
form.row{display:inline-block;margin:0 .5rem .5rem 0}form.narrow{max-width:24rem}
"""


def draw_page(title: str, *parts: Html | None, wide: bool = False) -> str:
    """A whole page of HTML without a script."""
    body = el("main", el("h1", f"策脉 · {title}"), *parts, class_="wide" if wide else None)
    head = join(
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        el("title", f"{title} · 策脉"),
        Html(f"<style>{_STYLE}</style>"),
    )
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>'


def draw_field(label: str, name: str, **attributes: object) -> Html:
    """A field with its label; it has to be filled in unless ``required`` is false."""
    return el("label", el("span", label), el("input", name=name, **{"type": "text", "required": True, **attributes}))


def draw_choice(label: str, name: str, options: Mapping[str, str], chosen: str = "") -> Html:
    """A list to choose from: values and what they are called."""
    shown = [el("option", text, value=value, selected=value == chosen) for value, text in options.items()]
    return el("label", el("span", label), el("select", *shown, name=name))


def draw_button(label: str, action: str, **hidden: str) -> Html:
    """A form of one button."""
    fields = [el("input", type="hidden", name=name, value=value) for name, value in hidden.items()]
    return el("form", *fields, el("button", label, type="submit", class_="quiet"), method="post", action=action, class_="row")


def draw_table(label: str, heads: tuple[str, ...], rows: list[Html]) -> Html:
    """A table that is scrolled sideways where it is wider than the screen."""
    head = el("tr", *(el("th", text, scope="col") for text in heads))
    return el("div", el("table", head, *rows), class_="list", tabindex=0, role="region", aria_label=label)


def draw_warning(message: str | None) -> Html | None:
    """What went wrong, where something did."""
    return el("p", message, class_="wrong", role="alert") if message else None


def draw_notice(message: str | None) -> Html | None:
    """What was done, where something was."""
    return el("p", message, class_="said", role="status") if message else None


def html_reply(page: str, status: int = 200) -> Response:
    """A page as an answer that nobody keeps and that runs no script."""
    return HTMLResponse(page, status, HEADERS)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form, the last of each name; none of one that is larger than ours are."""
    body = await request.body()
    if len(body) > _FORM_BYTES:
        return {}
    try:
        found = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_FORM_FIELDS)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in found.items()}


def address_of(request: Request) -> str:
    """Where a call comes from."""
    return request.client.host if request.client else ""
