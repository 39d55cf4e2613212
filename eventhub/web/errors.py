"""Refusals and failures, as pages for people and JSON for machines."""

from __future__ import annotations

import logging

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from eventhub.errors import EventHubError
from eventhub.i18n import LazyString, lazy

log = logging.getLogger(__name__)

MESSAGES: dict[int, tuple[str, str | LazyString]] = {
    400: ("bad_request", lazy("请求有误，服务器没有看懂。")),
    401: ("not_signed_in", lazy("请先登录。")),
    403: ("forbidden", lazy("您没有进行此操作的权限。")),
    404: ("not_found", lazy("没有找到您要的内容。链接可能已失效，或者您没有查看它的权限。")),
    405: ("method_not_allowed", lazy("这个地址不接受这种请求。")),
    413: ("too_large", lazy("上传的内容太大，超过了上限。")),
    415: ("unsupported_media", lazy("不支持这种内容格式。")),
    429: ("too_many_requests", lazy("操作过于频繁，请稍等片刻再试。")),
    500: ("internal", lazy("系统出了点问题，我们已记录下来。请稍后再试。")),
    503: ("unavailable", lazy("系统暂时不可用，请稍后再试。")),
}

BOUND = 500  # fields that a form may bring back; a team of 15 fills 110, more is no form of ours


def wants_json() -> bool:
    """Whether the asker is a program rather than a person."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return request.path.startswith("/api/") or request.is_json or best == "application/json"


def answer(
    status: int, code: str, message: str | LazyString, field: str | None = None
) -> ResponseReturnValue:
    """One refusal, in the asker's form; ``field`` is the one at fault, told to programs."""
    if wants_json():
        at_fault = {"field": field} if field else {}
        return jsonify(error={"code": code, "message": str(message), **at_fault}), status
    error = {"code": code, "message": str(message)}
    return render_template("errors/error.html", status=status, error=error), status


def _business(error: EventHubError) -> ResponseReturnValue:
    log.info("refused", extra={"code": error.code, "status": error.status})
    fields = _typed() if error.status == 401 else []
    if fields:
        return _bring_back(fields, error.status)
    return answer(error.status, error.code, error.message, error.field)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()
    code, message = MESSAGES.get(status, ("http", lazy("请求没有成功。")))
    return answer(status, code, message)


def _stale(error: CSRFError) -> ResponseReturnValue:
    """A form whose token has run out: bring the typed values back, to be sent once more.

    Only for a request that the browser itself says came from our own page; anything else
    is refused outright, since confirming it would undo the protection.
    """
    fields = _typed()
    if not fields:
        message = lazy("页面停留太久，安全校验已过期。请返回并刷新页面后重试。")
        return answer(400, "stale_form", message)
    return _bring_back(fields, 400)


def _typed() -> list[tuple[str, str]]:
    """What a form of ours holds; nothing where a program asks or another site sent it."""
    fields = [(k, v) for k, v in request.form.items(multi=True) if k != "csrf_token"]
    ours = request.headers.get("Sec-Fetch-Site", "") == "same-origin"
    return fields if ours and len(fields) <= BOUND and not wants_json() else []


def _bring_back(fields: list[tuple[str, str]], status: int) -> ResponseReturnValue:
    page = render_template(
        "errors/stale.html", fields=fields, target=request.full_path, is_signed_out=status == 401
    )
    return page, status


def _crash(error: Exception) -> ResponseReturnValue:
    log.exception("unhandled error")
    return answer(500, *MESSAGES[500])


def register(app: Flask) -> None:
    """Install the handlers."""
    app.register_error_handler(EventHubError, _business)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    if not app.testing:
        app.register_error_handler(Exception, _crash)
