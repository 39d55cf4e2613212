"""Sign-in, sign-up, profile."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import Email, InputRequired, Length, Optional, ValidationError

from eventhub.accounts.models import EMAIL_MAX, NAME_MAX
from eventhub.domain.identifiers import is_mobile, normalise_mobile
from eventhub.i18n import LOCALES, _, lazy
from eventhub.web.forms import HubForm

PASSWORD_MAX = 200


def check_mobile(_form: HubForm, field: StringField) -> None:
    """A mainland mobile number, however it is spaced; stored bare."""
    if field.data:
        bare = normalise_mobile(field.data)
        if not is_mobile(bare):
            raise ValidationError(_("请填写 11 位手机号码。"))
        field.data = bare


class SignInForm(HubForm):
    """Address and password."""

    email = EmailField(lazy("邮箱"), [InputRequired(), Length(max=EMAIL_MAX)])
    password = PasswordField(lazy("密码"), [InputRequired(), Length(max=PASSWORD_MAX)])


class SignUpForm(HubForm):
    """A new account."""

    name = StringField(
        lazy("姓名"),
        [InputRequired(), Length(min=2, max=NAME_MAX)],
        description=lazy("与学籍或证件一致，少数民族姓名请保留间隔号“·”。"),
    )
    email = EmailField(
        lazy("邮箱"),
        [InputRequired(), Email(), Length(max=EMAIL_MAX)],
        description=lazy("用来登录和接收通知。"),
    )
    password = PasswordField(
        lazy("密码"),
        [InputRequired(), Length(max=PASSWORD_MAX)],
        description=lazy("至少 8 个字符。"),
    )
    consent = BooleanField(lazy("我已阅读并同意隐私说明"), [InputRequired()])


class ProfileForm(HubForm):
    """What a person says of themself."""

    name = StringField(lazy("姓名"), [InputRequired(), Length(min=2, max=NAME_MAX)])
    phone = StringField(
        lazy("手机"),
        [Optional(), Length(max=30), check_mobile],
        description=lazy("加密保存，仅供主办方紧急联系。"),
    )
    locale = SelectField(
        lazy("界面与通知语言"), choices=[SelectChoice(code, name) for code, name in LOCALES.items()]
    )


class ResetRequestForm(HubForm):
    """Whose password was forgotten."""

    email = EmailField(lazy("邮箱"), [InputRequired(), Email(), Length(max=EMAIL_MAX)])


class NewPasswordForm(HubForm):
    """The new password."""

    password = PasswordField(
        lazy("新密码"),
        [InputRequired(), Length(max=PASSWORD_MAX)],
        description=lazy("至少 8 个字符。"),
    )


class PasswordAgainForm(HubForm):
    """The password of whoever is signed in, before something that cannot be taken back."""

    password = PasswordField(lazy("当前密码"), [InputRequired(), Length(max=PASSWORD_MAX)])


class CloseAccountForm(PasswordAgainForm):
    """The same, and that the consequences were read."""

    is_sure = BooleanField(lazy("我知道注销后不能恢复"), [InputRequired()])
