"""Signing in at a telephone's width and without a script, using the page, signing out, and a session that ends in between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cemai.accounts import Accounts, local_actor
from tests.browser.conftest import Watched
from tools.browser import serving, settled

PASSWORD = "Qinghe-River-2022"


def test_signing_in_and_out(browser: Any, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with serving(folder, samples=True) as address:
        made = Accounts.of_folder(folder, create=True)
        assert made is not None
        with made.store:
            made.add(local_actor("test"), "admin", "admin", PASSWORD)
            made.add(local_actor("test"), "王五", "reader", PASSWORD)
            # without a script, on a telephone
            plain = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
            page = plain.new_page()
            page.goto(f"{address}/?tab=search")
            assert page.url.startswith(f"{address}/sign-in?next=")
            wide = page.viewport_size["width"]
            for name in ("name", "password"):
                box = page.locator(f"input[name={name}]").bounding_box()
                assert box["x"] >= 0 and box["x"] + box["width"] <= wide and box["height"] >= 40
            page.fill("input[name=name]", "王五")
            page.fill("input[name=password]", "Wrong-Password-1")
            page.click("button")
            assert "账号或密码不对" in page.inner_text("main") and page.input_value("input[name=name]") == "王五"
            page.fill("input[name=password]", PASSWORD)
            page.click("button")
            assert page.url == f"{address}/?tab=search"
            page.goto(f"{address}/account")
            assert "王五（读者）" in page.inner_text("main")
            page.click("text=退出 >> nth=0")
            assert page.url == f"{address}/sign-in"
            plain.close()
            # with one: the page itself, and a session that ends while it is open
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            page = context.new_page()
            page.goto(address)
            page.fill("input[name=name]", "王五")
            page.fill("input[name=password]", PASSWORD)
            page.click("button")
            page.wait_for_selector("#masthead a[href='/account']")
            assert "王五（读者）" in page.inner_text("#masthead")
            page.fill("#ask-form [name=question]", "过渡期医保资助政策")
            page.press("#ask-form [name=question]", "Enter")
            page.wait_for_selector("#ask-out .answer, #ask-out [data-judge]", timeout=60_000)
            settled(page)
            made.store.end_sessions(local_actor("test"), made.get("王五"))
            page.fill("#ask-form [name=question]", "大病保险")
            page.press("#ask-form [name=question]", "Enter")
            page.wait_for_url("**/sign-in?next=*", timeout=20_000)
            context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_an_administrator_manages_accounts(browser: Any, tmp_path: Path, width: int) -> None:
    folder = tmp_path / "library"
    with serving(folder, samples=False) as address:
        made = Accounts.of_folder(folder, create=True)
        assert made is not None
        with made.store:
            made.add(local_actor("test"), "admin", "admin", PASSWORD)
            made.add(local_actor("test"), "审计", "auditor", PASSWORD)
            context = browser.new_context(viewport={"width": width, "height": 900})
            page = context.new_page()
            watched = Watched(page)
            page.goto(f"{address}/accounts")
            watched.accessible()
            page.fill("input[name=name]", "admin")
            page.fill("input[name=password]", PASSWORD)
            page.click("button")
            assert page.url == f"{address}/accounts"
            assert watched.overflow() == 0
            watched.accessible()
            page.fill("input[name=name]", "采购与招标信息公开办公室值班账号")
            page.select_option("select[name=role]", "editor")
            page.click("text=新建 >> nth=-1")
            password = page.inner_text("code")
            assert watched.overflow() == 0
            watched.accessible()
            page.fill("input[name=note]", "采集程序")
            page.click("text=新建令牌")
            assert page.inner_text("code").startswith("cemai_") and watched.overflow() == 0
            watched.accessible()
            page.click("td button")
            assert "已作废" in page.inner_text("main")
            page.click("text=停用 >> nth=0")
            assert "已停用" in page.inner_text("main")
            page.click("text=重新启用")
            page.click("text=全部账号")
            assert "采购与招标信息公开办公室值班账号" in page.inner_text("table")
            context.close()
            other = browser.new_context(viewport={"width": width, "height": 900})
            page = other.new_page()
            audit = Watched(page)
            page.goto(address)
            page.fill("input[name=name]", "审计")
            page.fill("input[name=password]", PASSWORD)
            page.click("button")
            assert page.url == f"{address}/audit" and "POST /accounts/{number}/tokens" in page.inner_text("table")
            assert password not in page.content() and audit.overflow() == 0
            audit.accessible()
            other.close()
            assert watched.faults == [] and audit.faults == []


@pytest.mark.parametrize("width", [1440, 390])
def test_signing_in_at_the_provider(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """The provider is on another site (localhost) than the page (127.0.0.1), as it is in an office: cookies come along or do not."""
    pytest.importorskip("authlib", reason="sign-in by OIDC is not installed: pip install -r requirements-oidc.lock")
    from tests.oidc_server import CLIENT, SECRET, serving_oidc

    folder, config = tmp_path / "library", tmp_path / "config.toml"
    with serving(folder, samples=False) as address, serving_oidc() as provider:
        provider.issuer = provider.issuer.replace("127.0.0.1", "localhost")
        config.write_text(
            f'[oidc]\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
            'roles = { reader = "staff" }\n'
        )
        config.chmod(0o600)
        monkeypatch.setenv("CEMAI_CONFIG", str(config))
        made = Accounts.of_folder(folder, create=True)
        assert made is not None
        with made.store:
            made.add(local_actor("test"), "admin", "admin", PASSWORD)
            context = browser.new_context(viewport={"width": width, "height": 900})
            page = context.new_page()
            watched = Watched(page)
            page.goto(f"{address}/?tab=search")
            watched.accessible()
            assert watched.overflow() == 0
            page.click("text=用统一身份认证登录")
            page.wait_for_url(f"{address}/?tab=search")
            page.wait_for_selector("#masthead a[href='/account']", state="attached")
            assert "李四（读者）" in page.text_content("#masthead")
            cookies = {one["name"]: one["sameSite"] for one in context.cookies()}
            assert list(cookies.values()) == ["Strict"], "the one of the way there is gone"
            context.close()
            assert [fault for fault in watched.faults if provider.issuer not in fault] == []
