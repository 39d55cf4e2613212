"""Sign-in and sign-up pages."""

from __future__ import annotations

import io

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, logout_user

from eventhub import clock
from eventhub.accounts import own_data, queries, service
from eventhub.accounts.forms import (
    CloseAccountForm,
    NewPasswordForm,
    PasswordAgainForm,
    ProfileForm,
    ResetRequestForm,
    SignInForm,
    SignUpForm,
)
from eventhub.accounts.models import EMAIL_MAX, Person
from eventhub.accounts.personal_data import add_personal_data, list_obstacles
from eventhub.accounts.sessions import start_session
from eventhub.i18n import _, lazy
from eventhub.web.access import me, public, signed_in
from eventhub.web.downloads import attachment
from eventhub.web.forms import render_form
from eventhub.web.navigation import NavEntry, add_nav, person
from eventhub.web.security import limiter
from eventhub.web.urls import safe_next

bp = Blueprint("accounts", __name__)
SHOWN_MAX = 20  # rows of a kind on the page; the download has all
login_manager = LoginManager()
login_manager.session_protection = None  # phones change networks; the session key revokes
login_manager.user_loader(queries.find_session)


def _next() -> str:
    return safe_next(request.args.get("next"), url_for("web.desk"))


def _account_named() -> str:
    """By which account attempts are counted, so that nobody tries many passwords for one."""
    return f"account:{request.form.get('email', '').strip().casefold()[:EMAIL_MAX]}"


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit("300/minute;3000/hour", methods=["POST"])  # a campus shares one address
@limiter.limit("10/minute;60/hour", methods=["POST"], key_func=_account_named)
def sign_in() -> ResponseReturnValue:
    """Sign in with address and password."""
    form = SignInForm()
    found: list[Person] = []
    if form.validate_on_submit() and form.accepted_by(
        lambda: found.append(
            service.check_credentials(form.email.data or "", password=form.password.data or "")
        )
    ):
        start_session(found[0])
        return redirect(_next(), 303)
    return render_form("accounts/sign_in.html", form, demo=_demo_people())


def _demo_people() -> list[dict[str, str]]:
    """Whom the demonstration offers to sign in as: ``role``, ``name``, ``email``, ``password``."""
    offer = current_app.extensions.get("demo_sign_ins")
    if offer is None or not current_app.config["DEMO_SIGN_INS"]:
        return []
    people: list[dict[str, str]] = offer()
    return people


@bp.route("/sign-up", methods=["GET", "POST"])
@public
@limiter.limit("60/minute;1500/hour", methods=["POST"])  # a full lecture hall joins its teams
def sign_up() -> ResponseReturnValue:
    """Make an account and go on to where one came from."""
    form = SignUpForm()
    made: list[Person] = []
    if form.validate_on_submit() and form.accepted_by(
        lambda: made.append(
            service.sign_up(
                form.name.data or "",
                email=form.email.data or "",
                password=form.password.data or "",
                locale=session.get("locale", "zh"),
            )
        )
    ):
        start_session(made[0])
        flash(_("欢迎，%(name)s！账号已经建好。", name=made[0].name), "success")
        return redirect(_next(), 303)
    return render_form("accounts/sign_up.html", form)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this session."""
    logout_user()
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    return redirect("/", 303)


@bp.route("/profile", methods=["GET", "POST"])
@signed_in
def profile() -> ResponseReturnValue:
    """One's own account."""
    form = ProfileForm(obj=me())
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.update_profile(
            me().id,
            name=form.name.data or "",
            phone=form.phone.data or None,
            university_id=me().university_id,
            locale=form.locale.data,
        )
    ):
        session["locale"] = form.locale.data
        flash(_("资料已保存。"), "success")
        return redirect(url_for(".profile"), 303)
    return render_form("accounts/profile.html", form)


def _whoever() -> str:
    someone = person()
    return f"person:{someone.id}" if someone is not None else get_remote_address()


@bp.get("/account/data")
@signed_in
def data() -> ResponseReturnValue:
    """What is held of whoever asks, to read and to take along."""
    return _data_page(PasswordAgainForm())


def _data_page(form: PasswordAgainForm) -> ResponseReturnValue:
    return render_form(
        "accounts/data.html",
        form,
        held=own_data.collect(me()),
        in_words=own_data.in_words,
        shown_max=SHOWN_MAX,
    )


@bp.post("/account/data")
@signed_in
@limiter.limit("10/hour", key_func=_whoever)
def download_data() -> ResponseReturnValue:
    """The same as a zip, once the password was repeated."""
    form = PasswordAgainForm()
    made: list[bytes] = []
    if form.validate_on_submit() and form.accepted_by(
        lambda: made.append(own_data.download(me().id, password=form.password.data or ""))
    ):
        name = _("我的数据-%(day)s.zip", day=f"{clock.now():%Y%m%d}")
        response = attachment(io.BytesIO(made[0]), name, "application/zip")
        response.headers["Cache-Control"] = "no-store"
        return response
    return _data_page(form)


@bp.route("/account/close", methods=["GET", "POST"])
@signed_in
@limiter.limit("5/hour", methods=["POST"], key_func=_whoever)
def close() -> ResponseReturnValue:
    """Delete one's account and what hangs on it, after asking."""
    form = CloseAccountForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: own_data.close_account(me().id, password=form.password.data or "")
    ):
        logout_user()
        session.clear()
        flash(_("账号已注销，您的个人信息已经删除。"), "success")
        return redirect("/", 303)
    return render_form(
        "accounts/close.html",
        form,
        obstacles=list_obstacles(me()),
        held=own_data.collect(me()),
    )


@bp.route("/password/forgotten", methods=["GET", "POST"])
@public
@limiter.limit("5/minute;30/hour", methods=["POST"])
def forgotten() -> ResponseReturnValue:
    """Ask for a link to set a new password; the answer is the same for every address."""
    form = ResetRequestForm()
    if form.validate_on_submit():
        service.request_reset(form.email.data or "")
        return render_template("accounts/reset_sent.html")
    return render_form("accounts/forgotten.html", form)


@bp.route("/password/<token>", methods=["GET", "POST"])
@public
@limiter.limit("30/hour")
def new_password(token: str) -> ResponseReturnValue:
    """Set a new password through the mailed link."""
    link = service.open_link(token, scope=service.RESET_SCOPE)
    form = NewPasswordForm()
    if form.validate_on_submit() and form.accepted_by(
        lambda: service.change_password(link.person_id, password=form.password.data or "")
    ):
        start_session(queries.get_person(link.person_id))
        flash(_("新密码已生效，其他设备上的登录已全部退出。"), "success")
        return redirect(url_for("web.desk"), 303)
    return render_form("accounts/new_password.html", form)


def register(app: Flask) -> None:
    """Mount sign-in."""
    login_manager.init_app(app)
    app.register_blueprint(bp)
    add_personal_data(app, own_data.ACCOUNT)
    profile = NavEntry(
        75,
        lazy("我的资料"),
        "accounts.profile",
        "user-circle",
        lambda p: p is not None,
        in_menu=True,
    )
    add_nav(app, profile)
