"""What files refuse. Where a message names limits or names, it is filled in where it is raised."""

from __future__ import annotations

from eventhub.errors import ConflictError, EventHubError, InvalidError
from eventhub.i18n import lazy


class EmptyFileError(InvalidError):
    """Nothing in it."""

    code = "empty_file"
    message = lazy("这个文件是空的，请重新选择。")


class WrongFormatError(InvalidError):
    """The content is not of a format that is asked for, whatever the name says."""

    code = "wrong_format"
    message = lazy("文件格式不对。")


class UnsafeFileError(InvalidError):
    """The content is of the right format and must not be taken all the same."""

    code = "unsafe_file"
    message = lazy("这个文件不能接收。")


class BrokenFileError(UnsafeFileError):
    """It cannot be read to its end."""

    code = "broken_file"
    message = lazy("文件已损坏，或打开它要花太长时间。请重新导出后再上传。")


class AmbiguousFileError(UnsafeFileError):
    """Two formats in one: what it is depends on who opens it."""

    code = "ambiguous_file"
    message = lazy("文件里混有另一种格式的内容，不能接收。请用原来的软件重新导出一份干净的文件。")


class LockedFileError(UnsafeFileError):
    """It needs a password."""

    code = "locked_file"
    message = lazy("文件设有密码，评委打不开。请去掉密码后再上传。")


class ActivePdfError(UnsafeFileError):
    """A PDF that does something when it is opened."""

    code = "active_pdf"
    message = lazy("PDF 里有脚本或会启动其他程序的动作，请用“打印为 PDF”重新导出后再上传。")


class AttachedFilesError(UnsafeFileError):
    """A PDF with files inside."""

    code = "attached_files"
    message = lazy("PDF 里带有附件或嵌入的音视频，请用“打印为 PDF”重新导出后再上传。")


class TooManyPagesError(UnsafeFileError):
    """More pages than anybody reads."""

    code = "too_many_pages"
    message = lazy("PDF 超过 1000 页，请精简后再上传。")


class MacroError(UnsafeFileError):
    """An office file with a program in it."""

    code = "macros"
    message = lazy("文件里带有宏，请另存为不带宏的格式（如 PPTX、DOCX、XLSX）后再上传。")


class ZipBombError(UnsafeFileError):
    """It unpacks to far more than it is."""

    code = "zip_bomb"
    message = lazy("文件解压后过大或内部结构异常，不能接收。请减少内容，重新打包后再上传。")


class NestedArchiveError(UnsafeFileError):
    """An archive inside an archive."""

    code = "nested_archive"
    message = lazy("压缩包里还有压缩包，请先解开，只打包一层后再上传。")


class UnsafePathError(UnsafeFileError):
    """An entry of an archive that would land outside of it."""

    code = "unsafe_path"
    message = lazy("压缩包里有不正常的文件路径，请重新打包后再上传。")


class UnusualArchiveError(UnsafeFileError):
    """Packed in a way that not everybody can unpack."""

    code = "unusual_archive"
    message = lazy("压缩包用了少见的压缩方式，请用系统自带的压缩功能重新打包成 ZIP。")


class TooManyPixelsError(UnsafeFileError):
    """A picture that would fill the memory."""

    code = "too_many_pixels"
    message = lazy("图片尺寸过大，请把长边缩小到 10000 像素以内再上传。")


class QuickTimeError(UnsafeFileError):
    """A film of a phone that is no MP4."""

    code = "quicktime"
    message = lazy("这是 MOV 视频，不少设备放不了。请导出为 MP4 后再上传。")


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


class StorageError(EventHubError):
    """The place where files are kept does not answer, or refuses us."""

    code = "storage_unavailable"
    status = 503
    message = lazy("文件服务暂时不可用，请稍后再试。之前保存的内容不受影响。")


class StorageFullError(StorageError):
    """No room for it."""

    code = "storage_full"
    status = 507
    message = lazy("服务器空间不足，暂时不能接收这个文件，请联系主办方。")


class PreviewBusyError(EventHubError):
    """Too many pages are being drawn at this moment."""

    code = "preview_busy"
    status = 503
    message = lazy("预览的人较多，请稍等几秒后重试。")


class NoPreviewError(InvalidError):
    """A file that no page can show."""

    code = "no_preview"
    message = lazy("这个文件不能在线预览，请下载后查看。")


class TooManyUploadsError(ConflictError):
    """Somebody has too many uploads open."""

    code = "too_many_uploads"
    message = lazy("您还有多个文件没有传完，请先继续或取消它们，再上传新的文件。")


class WrongOffsetError(ConflictError):
    """A piece that does not follow the last one."""

    code = "wrong_offset"
    message = lazy("上传的进度对不上，请重试，会从断开的地方继续。")


class UploadBusyError(ConflictError):
    """Another piece of the same upload is on its way."""

    code = "upload_busy"
    status = 423
    message = lazy("这个文件正在另一个窗口上传。")


class UploadGoneError(EventHubError):
    """An upload that ran out or lost its pieces."""

    code = "upload_gone"
    status = 410
    message = lazy("这次上传已过期，请重新选择文件。")


class UploadOverError(ConflictError):
    """An upload that was finished or refused takes no more pieces."""

    code = "upload_over"
    message = lazy("这次上传已经结束。")
