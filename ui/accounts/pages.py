"""The pages around the page 登录等页: plain HTML of forms, usable without a script and on a telephone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlencode

from cemai.accounts import LONGEST_PASSWORD, NAME_LIMIT, ROLE_LABELS, Caller, Right
from corpus.store.audit import AuditEntry
from ui.accounts.rights import ACCOUNT, AUDIT, PASSWORD, SIGN_IN, SIGN_OUT
from ui.page.kit.html import Html, el, join

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
input{box-sizing:border-box;width:100%;padding:.6rem .7rem;font:inherit;border:1px solid #6b7684;border-radius:4px;background:#fff}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid #0b5cad;outline-offset:2px}
button{font:inherit;min-height:44px;padding:.5rem 1.2rem;border:1px solid #8c2f23;border-radius:4px;background:#8c2f23;color:#fff;cursor:pointer}
button.quiet{background:#fff;color:#8c2f23}.wrong{border-left:4px solid #b3261e;background:#fdecea;padding:.6rem .8rem}
.said{border-left:4px solid #2e6b3e;background:#eaf5ec;padding:.6rem .8rem}.meta{color:#4d5966;font-size:.9rem}
.list{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;min-width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d8d3c8;vertical-align:top;overflow-wrap:anywhere}th{white-space:nowrap}
form.row{display:inline-block;margin:0 .5rem .5rem 0}
"""


def sign_in_page(next_address: str, name: str = "", wrong: str | None = None) -> str:
    """The form to sign in; ``wrong`` says why the last try came to nothing."""
    form = el(
        "form",
        _wrong(wrong),
        el("input", type="hidden", name="next", value=next_address),
        _field("账号", "name", value=name, autocomplete="username", maxlength=NAME_LIMIT, autofocus=not name),
        _field("密码", "password", type="password", autocomplete="current-password", maxlength=LONGEST_PASSWORD, autofocus=bool(name)),
        el("button", "登录", type="submit"),
        method="post",
        action=SIGN_IN,
    )  # fmt: skip
    return _page("登录", form, el("p", "忘了密码请联系管理员。", class_="meta"))


def account_page(caller: Caller, wrong: str | None = None, said: str | None = None) -> str:
    """Who is signed in, signing out, and the password."""
    home = AUDIT if Right.AUDIT in caller.rights else "/"
    password = el(
        "form",
        _field("现在的密码", "password", type="password", autocomplete="current-password", maxlength=LONGEST_PASSWORD),
        _field("新密码", "fresh", type="password", autocomplete="new-password", maxlength=LONGEST_PASSWORD),
        _field("再写一次新密码", "again", type="password", autocomplete="new-password", maxlength=LONGEST_PASSWORD),
        el("button", "改密码", type="submit"),
        method="post",
        action=PASSWORD,
    )
    return _page(
        "我的账号",
        el("p", f"已登录：{caller.name}（{ROLE_LABELS.get(caller.role, caller.role)}）"),
        _wrong(wrong),
        el("p", said, class_="said", role="status") if said else None,
        _button("退出", SIGN_OUT),
        _button("在所有地方退出", SIGN_OUT, everywhere="1"),
        el("p", el("a", "回到审计记录" if home == AUDIT else "回到策脉", href=home)),
        el("h2", "改密码"),
        password,
    )


def audit_page(
    caller: Caller, rows: Sequence[tuple[str, AuditEntry]], faults: Sequence[str], older: dict[str, str] | None
) -> str:
    """What was done, the latest first; ``older`` are the parameters of the link to the rows before these."""
    heads = ("时间", "账号", "地址", "做了什么", "对象", "结果", "序号")
    body = [
        el("tr", *(el("td", text) for text in (_time(row.at), row.who, row.address, row.action, row.object, row.result, f"{where} {row.number}")))
        for where, row in rows
    ]  # fmt: skip
    return _page(
        "审计记录",
        el("p", el("a", caller.name, href=ACCOUNT), class_="meta"),
        *(el("p", fault, class_="wrong", role="alert") for fault in faults),
        None if faults else el("p", "记录完整：每一条都接得上前一条。", class_="said"),
        el("div", el("table", el("tr", *(el("th", head) for head in heads)), *body), class_="list", tabindex=0),
        el("p", el("a", "更早的", href=f"{AUDIT}?{urlencode(older)}")) if older else None,
        el("p", "导出：cemai audit export，或 /api/v1/audit。", class_="meta"),
        wide=True,
    )


def _page(title: str, *parts: Html | None, wide: bool = False) -> str:
    body = el("main", el("h1", f"策脉 · {title}"), *parts, class_="wide" if wide else None)
    head = join(
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        el("title", f"{title} · 策脉"),
        Html(f"<style>{_STYLE}</style>"),
    )
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>'


def _field(label: str, name: str, **attributes: object) -> Html:
    return el("label", el("span", label), el("input", name=name, required=True, **{"type": "text", **attributes}))


def _button(label: str, action: str, **hidden: str) -> Html:
    fields = [el("input", type="hidden", name=name, value=value) for name, value in hidden.items()]
    return el("form", *fields, el("button", label, type="submit", class_="quiet"), method="post", action=action, class_="row")


def _wrong(message: str | None) -> Html | None:
    return el("p", message, class_="wrong", role="alert") if message else None


def _time(at: str) -> str:
    return dt.datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
