"""One bounded request to the endpoint of a language model, by the ``openai`` library, which is imported when first needed."""

from __future__ import annotations

from typing import Any

from qa.language_model.endpoint import Endpoint


class EndpointFailed(Exception):
    """No usable reply; ``str(error)`` is a short Chinese reason without any of the reply's own text."""


def request_reply(endpoint: Endpoint, system: str, user: str) -> str:
    """The model's reply to one request: no retry, no redirect, no tools. Raises ``EndpointFailed``."""
    try:
        from openai import APIConnectionError, APIStatusError, APITimeoutError, OpenAI

        from qa.language_model.transport import Refused, client
    except ImportError as error:
        raise EndpointFailed("没有安装 openai 库，请运行 pip install 'cemai[llm]'") from error
    try:
        with (
            client(endpoint) as http,
            OpenAI(
                base_url=endpoint.url, api_key=endpoint.key or "none", max_retries=0, timeout=endpoint.timeout, http_client=http
            ) as api,
        ):
            reply: Any = api.chat.completions.create(
                model=endpoint.model,
                messages=[{"role": "system", "content": system}, {"role": "user", "content": user}],
                temperature=0,
                max_tokens=2000,
                stream=False,
            )
            text = _content(reply)
    except APITimeoutError as error:
        raise EndpointFailed("模型在规定时间内没有答完") from error
    except APIStatusError as error:
        raise EndpointFailed(_status(error.status_code)) from error
    except APIConnectionError as error:
        cause = error.__cause__
        while cause is not None and not isinstance(cause, Refused):
            cause = cause.__cause__ or cause.__context__
        raise EndpointFailed(str(cause) if cause else "连不上模型的地址") from error
    except EndpointFailed:
        raise
    # whatever a hostile reply makes the client library raise, the answer itself must not fail
    except Exception as error:
        raise EndpointFailed(str(error) if isinstance(error, Refused) else "模型的回复不合格式") from error
    return text


def _content(reply: Any) -> str:
    """The text of a reply; the client library checks no types."""
    choices = getattr(reply, "choices", None)
    if not isinstance(choices, list) or not choices:
        raise EndpointFailed("模型的回复不合格式")
    message = getattr(choices[0], "message", None)
    text = getattr(message, "content", None)
    if not isinstance(text, str) or not text.strip():
        raise EndpointFailed("模型没有给出文字")
    return text


def _status(code: int) -> str:
    if code == 429:
        return "模型请求过多（429），请稍后再试"
    if code in (401, 403):
        return f"模型拒绝了密钥（{code}）"
    if 300 <= code < 400:
        return "模型的地址转向别处，未跟随"
    return f"模型服务出错（{code}）"
