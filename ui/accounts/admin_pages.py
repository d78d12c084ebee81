"""The pages of an administrator 账号管理: all accounts, and one of them with its tokens. Plain HTML of forms, as those around them."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Collection, Mapping, Sequence

from cemai.accounts import (
    LONGEST_PASSWORD,
    MEANS_LABELS,
    MOST_TOKEN_DAYS,
    NAME_LIMIT,
    ROLE_LABELS,
    TOKEN_DAYS,
    Caller,
    sign_in_means,
)
from corpus.store.accounts import Account, ApiToken
from ui.accounts.forms import draw_button, draw_choice, draw_field, draw_notice, draw_page, draw_table, draw_warning
from ui.accounts.pages import COMMON
from ui.accounts.rights import ACCOUNT, ACCOUNTS
from ui.page.kit.html import Html, el

_PASSWORD_HINT = "密码（不写就生成一个，只显示一次）"


def accounts_page(
    caller: Caller, accounts: Sequence[Account], sessions: Mapping[int, int], means: Sequence[str], wrong: str | None = None
) -> str:
    """All accounts, and the form for a new one.

    Args:
        caller: Who looks.
        accounts: All of them.
        sessions: How many sessions are open of each, by its number.
        means: By what a new account may sign in here.
        wrong: Why the last one was not made.
    """
    rows = [
        el(
            "tr",
            el("td", el("a", one.name, href=f"{ACCOUNTS}/{one.number}")),
            el("td", ROLE_LABELS.get(one.role, one.role)),
            el("td", MEANS_LABELS[sign_in_means(one)]),
            el("td", _state(one, sessions.get(one.number, 0))),
            el("td", _day(one.made_at)),
        )
        for one in accounts
    ]
    return draw_page(
        "账号管理",
        _way_back(caller),
        draw_warning(wrong),
        draw_table("全部账号", ("名称", "角色", "登录办法", "现状", "建于"), rows),
        el("h2", "新建账号"),
        el(
            "form",
            draw_field("名称", "name", maxlength=NAME_LIMIT, autocomplete="off"),
            draw_choice("角色", "role", ROLE_LABELS),
            draw_choice("登录办法", "means", {name: MEANS_LABELS[name] for name in means}),
            _password_field("密码（只用密码登录的才要；不写就生成一个，只显示一次）"),
            el("button", "新建", type="submit"),
            method="post",
            action=ACCOUNTS,
            class_="narrow",
        ),
        wide=True,
    )


def one_account_page(
    caller: Caller,
    account: Account,
    sessions: int,
    tokens: Sequence[ApiToken],
    *,
    wrong: str | None = None,
    said: str | None = None,
    secret: str | None = None,
    libraries: Sequence[str] = (),
    granted: Collection[str] = (),
) -> str:
    """One account with what can be done about it.

    Args:
        caller: Who looks.
        account: The account.
        sessions: How many sessions of it are open.
        tokens: All its tokens.
        wrong: Why the last step was not done.
        said: What was done.
        secret: A password or token that was just made; it is shown on this page only.
        libraries: The libraries that are not open to all accounts.
        granted: Those of them that it may enter.
    """
    place, means = f"{ACCOUNTS}/{account.number}", sign_in_means(account)
    shown = f"{account.name}：{ROLE_LABELS.get(account.role, account.role)}，{MEANS_LABELS[means]}，{_state(account, sessions)}"
    return draw_page(
        "账号管理",
        _way_back(caller, ACCOUNTS, "全部账号"),
        el("p", shown),
        draw_warning(wrong),
        draw_notice(said),
        el("p", "只显示这一次，请现在交给本人：", el("code", secret), class_="said") if secret else None,
        draw_button("在所有地方退出", f"{place}/sign-out", sure="1"),
        draw_button("停用", f"{place}/state", state="disabled")
        if account.disabled_at is None
        else draw_button("重新启用", f"{place}/state", state="enabled"),
        el("p", "停用：登录都退出，令牌都作废，不能恢复。", class_="meta") if account.disabled_at is None else None,
        el("h2", "角色"),
        _form(f"{place}/role", "改角色", draw_choice("角色（改后要重新登录）", "role", ROLE_LABELS, account.role)),
        *(
            (el("h2", "重设密码"), _form(f"{place}/password", "重设密码", _password_field(_PASSWORD_HINT)))
            if means in ("password", "token")
            else ()
        ),
        *(
            (
                el("h2", "文档库"),
                el(
                    "p",
                    f"人人能进{COMMON}；下面的各库，只有许可的账号能进，别的账号看不到它的文件，也看不到有这个库。",
                    class_="meta",
                ),
                *(_library_button(place, name, name in granted) for name in libraries),
            )
            if libraries
            else ()
        ),
        el("h2", "令牌"),
        draw_table("令牌", ("编号", "说明", "日期", "有效期至", "现状"), [_token_row(place, one) for one in tokens])
        if tokens
        else el("p", "没有令牌。", class_="meta"),
        _form(
            f"{place}/tokens",
            "新建令牌",
            draw_field("说明", "note", maxlength=100, required=False, autocomplete="off"),
            *((draw_choice("文档库", "library", {"": COMMON, **{name: name for name in granted}}),) if granted else ()),
            draw_field("有效天数", "days", type="number", min=1, max=MOST_TOKEN_DAYS, value=TOKEN_DAYS),
        )
        if account.disabled_at is None
        else None,
        wide=True,
    )


def _library_button(place: str, name: str, granted: bool) -> Html:
    label = f"{name}：能进，收回" if granted else f"{name}：不能进，许可"
    return draw_button(label, f"{place}/libraries", library=name, granted="0" if granted else "1")


def _token_row(place: str, token: ApiToken) -> Html:
    over = "已作废" if token.revoked_at is not None else "已过期" if token.ends_at < time.time() else None
    state = over or draw_button("作废", f"{place}/tokens/{token.number}", sure="1")
    note = f"{token.note}（{token.library}）" if token.library else token.note
    cells = (str(token.number), note, _day(token.made_at), _day(token.ends_at), state)
    return el("tr", *(el("td", cell) for cell in cells))


def _form(action: str, label: str, *fields: Html) -> Html:
    return el("form", *fields, el("button", label, type="submit"), method="post", action=action, class_="narrow")


def _password_field(label: str) -> Html:
    return draw_field(label, "password", type="password", autocomplete="new-password", maxlength=LONGEST_PASSWORD, required=False)


def _way_back(caller: Caller, place: str = "/", label: str = "回到策脉") -> Html:
    return el("p", el("a", label, href=place), " · ", el("a", caller.name, href=ACCOUNT), class_="meta")


def _state(account: Account, sessions: int) -> str:
    if account.disabled_at is not None:
        return f"{_day(account.disabled_at)} 停用"
    return f"登录着 {sessions} 处" if sessions else "没有登录"


def _day(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds).strftime("%Y-%m-%d")
