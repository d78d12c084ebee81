"""The pages around the page 登录等页: plain HTML of forms, usable without a script and on a telephone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlencode

from cemai.accounts import LONGEST_PASSWORD, NAME_LIMIT, ROLE_LABELS, Caller, Right, sign_in_means
from corpus.store.audit import AuditEntry
from ui.accounts.forms import draw_button, draw_field, draw_notice, draw_page, draw_table, draw_warning
from ui.accounts.rights import ACCOUNT, ACCOUNTS, AUDIT, LIBRARY, PASSWORD, PROVIDER, SIGN_IN, SIGN_OUT
from ui.page.kit.html import el

COMMON = "公共库"
"""What the library is called that all accounts may enter."""


def sign_in_page(next_address: str, name: str = "", wrong: str | None = None, provider: str | None = None) -> str:
    """The form to sign in.

    Args:
        next_address: Where to go on to.
        name: The name that was typed.
        wrong: Why the last try came to nothing.
        provider: What the identity provider is called, where one is configured.
    """
    elsewhere = (
        el("p", el("a", f"用{provider}登录", href=f"{PROVIDER}?{urlencode({'next': next_address})}", class_="button quiet"))
        if provider is not None
        else None
    )
    form = el(
        "form",
        draw_warning(wrong),
        el("input", type="hidden", name="next", value=next_address),
        draw_field("账号", "name", value=name, autocomplete="username", maxlength=NAME_LIMIT, autofocus=not name),
        draw_field("密码", "password", type="password", autocomplete="current-password", maxlength=LONGEST_PASSWORD, autofocus=bool(name)),
        el("button", "登录", type="submit"),
        method="post",
        action=SIGN_IN,
    )  # fmt: skip
    return draw_page("登录", form, elsewhere, el("p", "忘了密码请联系管理员。", class_="meta"))


def account_page(caller: Caller, wrong: str | None = None, said: str | None = None, libraries: Sequence[str] = ()) -> str:
    """Who is signed in, signing out, and the password; ``libraries`` are those to go to from where the session is."""
    home = AUDIT if Right.AUDIT in caller.rights else "/"
    password = el(
        "form",
        draw_field("现在的密码", "password", type="password", autocomplete="current-password", maxlength=LONGEST_PASSWORD),
        draw_field("新密码", "fresh", type="password", autocomplete="new-password", maxlength=LONGEST_PASSWORD),
        draw_field("再写一次新密码", "again", type="password", autocomplete="new-password", maxlength=LONGEST_PASSWORD),
        el("button", "改密码", type="submit"),
        method="post",
        action=PASSWORD,
    )
    return draw_page(
        "我的账号",
        el("p", f"已登录：{caller.name}（{ROLE_LABELS.get(caller.role, caller.role)}）"),
        el("p", f"所在的文档库：{caller.library or COMMON}") if libraries or caller.library else None,
        draw_warning(wrong),
        draw_notice(said),
        draw_button("退出", SIGN_OUT),
        draw_button("在所有地方退出", SIGN_OUT, everywhere="1"),
        *(draw_button(f"转到文档库：{name or COMMON}", LIBRARY, library=name) for name in libraries),
        el("p", el("a", "管理账号", href=ACCOUNTS)) if Right.ACCOUNTS in caller.rights else None,
        el("p", el("a", "回到审计记录" if home == AUDIT else "回到策脉", href=home)),
        *((el("h2", "改密码"), password) if caller.account is None or sign_in_means(caller.account) == "password" else ()),
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
    return draw_page(
        "审计记录",
        el("p", el("a", caller.name, href=ACCOUNT), class_="meta"),
        *(el("p", fault, class_="wrong", role="alert") for fault in faults),
        None if faults else el("p", "记录完整：每一条都接得上前一条。", class_="said"),
        draw_table("审计记录", heads, body),
        el("p", el("a", "更早的", href=f"{AUDIT}?{urlencode(older)}")) if older else None,
        el("p", "导出：cemai audit export，或 /api/v1/audit。", class_="meta"),
        wide=True,
    )


def _time(at: str) -> str:
    return dt.datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
