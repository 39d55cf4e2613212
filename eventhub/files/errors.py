"""What files refuse. The messages are filled in where they are raised, since they name limits."""

from __future__ import annotations

from eventhub.errors import EventHubError, InvalidError
from eventhub.i18n import lazy


class EmptyFileError(InvalidError):
    """Nothing in it."""

    code = "empty_file"
    message = lazy("这个文件是空的，请重新选择。")


class WrongFormatError(InvalidError):
    """The content is not of a format that is asked for, whatever the name says."""

    code = "wrong_format"
    message = lazy("文件格式不对。")


class FileTooLargeError(EventHubError):
    """More bytes than allowed."""

    code = "file_too_large"
    status = 413
    message = lazy("文件太大。")


class FileLostError(EventHubError):
    """The row is there and the content is not: someone must look."""

    code = "file_lost"
    status = 500
    message = lazy("文件暂时无法读取，请联系管理员。")
