"""What ``make run`` stands on: the embedded server, the certificate, ports, the mailbox."""

from __future__ import annotations

import os
import re
import shutil
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import psycopg
import pytest
import qrcode
from alembic.script import ScriptDirectory

from eventhub import clock
from eventhub.launch.certificate import LIFETIME, RENEW_BEFORE, ensure_certificate
from eventhub.launch.cluster import Cluster
from eventhub.launch.errors import LaunchError, PortInUseError, PostgresError
from eventhub.launch.locks import FileLock
from eventhub.launch.migration import heads, is_migrated
from eventhub.launch.network import address_for_phones, check_port, free_port, local_addresses
from eventhub.launch.welcome import SignIn, Welcome, read_sign_ins
from tests.postgres import Databases

ROOT = Path(__file__).resolve().parents[2]

HOLD = """
import sys, time
from pathlib import Path
from eventhub.launch.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]), sync=False)
cluster.hold()
print(cluster.connect("eventhub", role="eventhub").execute("SELECT current_user").fetchone()[0])
sys.stdout.flush()
time.sleep(float(sys.argv[2]))
"""


def eventually(claim: Callable[[], bool], *, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path that another account may reach, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="eventhub-launch-"))
    yield made / "postgres"
    shutil.rmtree(made, ignore_errors=True)


@contextmanager
def holder(folder: Path, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the server of this folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), str(seconds)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class TestCluster:
    def test_several_processes_that_start_at_once_share_one_server(self, folder):
        with holder(folder, 60) as one, holder(folder, 60) as two, holder(folder, 60) as three:
            assert [said(one), said(two), said(three)] == ["eventhub"] * 3
            assert Cluster(folder).is_running()

        assert eventually(lambda: not Cluster(folder).is_running())

    def test_the_server_outlives_the_one_who_started_it_but_not_the_last(self, folder):
        with holder(folder, 60) as first:
            said(first)
            with holder(folder, 60) as second:
                said(second)
                first.kill()
                first.wait()
                time.sleep(0.5)
                with Cluster(folder).connect() as connection:
                    assert connection.execute("SELECT 1").fetchone() == (1,)
        assert eventually(lambda: not Cluster(folder).is_running())

    def test_a_killed_holder_leaves_no_server_behind(self, folder):
        with holder(folder, 60) as process:
            said(process)
            server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
            process.send_signal(signal.SIGKILL)

            assert eventually(lambda: not _lives(server))

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent")
    def test_a_killed_keeper_takes_the_server_with_it_and_the_next_one_starts(self, folder):
        with holder(folder, 60) as process:
            said(process)
            server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
            keeper = int(Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()[1])
            os.kill(keeper, signal.SIGKILL)
            assert eventually(lambda: not _lives(server))

        with holder(folder, 0) as process:
            assert said(process) == "eventhub"

    def test_data_is_kept_and_release_waits_for_the_end(self, folder):
        cluster = Cluster(folder, sync=False)
        cluster.hold()
        with cluster.connect("eventhub", role="eventhub") as connection:
            connection.execute("CREATE EXTENSION btree_gist")
            connection.execute("CREATE EXTENSION pg_trgm")
            connection.execute("CREATE TABLE kept AS SELECT '𠮷·' AS word")
        assert cluster.release()
        assert not cluster.is_running()

        again = Cluster(folder)
        again.hold()
        with again.connect("eventhub", role="eventhub") as connection:
            assert connection.execute("SELECT word FROM kept").fetchone() == ("𠮷·",)
        again.release()

    def test_nobody_else_can_open_the_socket_and_nothing_listens_on_the_network(self, folder):
        cluster = Cluster(folder, sync=False)
        cluster.hold()
        try:
            assert stat.S_IMODE(cluster.socket_folder.stat().st_mode) == 0o700
            assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700
            with cluster.connect() as connection:
                assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
                rights = "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'eventhub'"
                assert connection.execute(rights).fetchone() == (False, False)
        finally:
            cluster.release()

    def test_a_deep_folder_has_its_socket_elsewhere(self, folder):
        deep = folder / ("d" * 60) / ("e" * 60)
        cluster = Cluster(deep, sync=False, delete_after=True)
        cluster.hold()
        try:
            assert not cluster.socket_folder.is_relative_to(deep)
            cluster.connect("eventhub", role="eventhub").close()
        finally:
            cluster.release()
            cluster.socket_folder.rmdir()
        assert not deep.exists()

    def test_data_of_another_major_version_is_refused_with_a_way_out(self, folder):
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "PG_VERSION").write_text("16\n")

        with pytest.raises(PostgresError, match=r"PostgreSQL 16.*Upgrades"):
            Cluster(folder).hold()

    def test_a_server_that_does_not_start_says_why(self, folder):
        with pytest.raises(PostgresError, match="no_such_setting"):
            Cluster(folder, {"no_such_setting": "1"}, sync=False).hold()


class TestFileLock:
    def test_a_lock_is_alone_or_shared(self, tmp_path):
        path = tmp_path / "lock"
        one, two = FileLock(path), FileLock(path)

        assert one.acquire(shared=True, wait=False)
        assert two.acquire(shared=True, wait=False)
        assert not FileLock(path).acquire(wait=False)
        one.close()
        two.close()
        assert one.acquire(wait=False)
        assert not two.acquire(shared=True, wait=False)
        one.close()

    def test_a_replaced_file_does_not_count(self, tmp_path):
        path = tmp_path / "lock"
        old = FileLock(path)
        old.acquire()
        path.unlink()

        new = FileLock(path)
        assert new.acquire(wait=False)
        assert path.exists()
        old.close()
        new.close()


class TestCertificate:
    def test_it_is_made_once_for_its_owner_alone(self, tmp_path):
        made = ensure_certificate(tmp_path, names=["localhost"], addresses=["127.0.0.1"])
        first = made.certificate.read_bytes()

        again = ensure_certificate(tmp_path, names=["localhost"], addresses=["127.0.0.1"])

        assert again.certificate.read_bytes() == first
        assert stat.S_IMODE(made.key.stat().st_mode) == 0o600

    def test_another_address_makes_another_certificate(self, tmp_path):
        made = ensure_certificate(tmp_path, names=["localhost"], addresses=["127.0.0.1"])
        first = made.certificate.read_bytes()

        moved = ["127.0.0.1", "192.0.2.7"]
        ensure_certificate(tmp_path, names=["localhost"], addresses=moved)

        second = made.certificate.read_bytes()
        assert second != first
        ensure_certificate(tmp_path, names=["localhost"], addresses=["127.0.0.1"])
        assert made.certificate.read_bytes() == second

    def test_it_is_renewed_before_it_ends(self, tmp_path, monkeypatch):
        made = ensure_certificate(tmp_path, names=["localhost"], addresses=["127.0.0.1"])
        first = made.certificate.read_bytes()
        started = clock.now()

        monkeypatch.setattr(
            clock, "now", lambda: started + LIFETIME - RENEW_BEFORE - timedelta(days=1)
        )
        ensure_certificate(tmp_path, names=["localhost"], addresses=["127.0.0.1"])
        assert made.certificate.read_bytes() == first

        monkeypatch.setattr(clock, "now", lambda: started + LIFETIME - RENEW_BEFORE)
        ensure_certificate(tmp_path, names=["localhost"], addresses=["127.0.0.1"])
        assert made.certificate.read_bytes() != first

    def test_a_key_of_another_certificate_is_not_kept(self, tmp_path):
        made = ensure_certificate(tmp_path / "a", names=["localhost"], addresses=["127.0.0.1"])
        other = ensure_certificate(tmp_path / "b", names=["localhost"], addresses=["127.0.0.1"])
        shutil.copy(other.key, made.key)
        first = made.certificate.read_bytes()

        ensure_certificate(tmp_path / "a", names=["localhost"], addresses=["127.0.0.1"])

        assert made.certificate.read_bytes() != first


class TestNetwork:
    def test_a_used_port_is_refused_with_another_one_to_try(self):
        with closing(socket.socket()) as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]

            with pytest.raises(PortInUseError, match=rf"Port {port} .*make run PORT={port + 1}"):
                check_port("127.0.0.1", port, setting="PORT")
            with pytest.raises(PortInUseError):
                check_port("0.0.0.0", port, setting="PORT")
        check_port("127.0.0.1", port, setting="PORT")

    def test_an_address_of_another_machine_is_refused(self):
        with pytest.raises(LaunchError, match="HOST and PORT"):
            check_port("192.0.2.77", free_port(), setting="PORT")

    def test_phones_do_not_reach_the_loopback_interface(self):
        assert address_for_phones("127.0.0.1") is None
        assert address_for_phones("localhost") is None
        assert address_for_phones("192.0.2.7") == "192.0.2.7"
        assert "127.0.0.1" in local_addresses()


class TestMigration:
    def test_the_heads_are_those_that_alembic_finds(self):
        assert heads(ROOT / "migrations" / "versions") == set(
            ScriptDirectory(str(ROOT / "migrations")).get_heads()
        )

    def test_a_merge_builds_on_several(self, tmp_path):
        (tmp_path / "a.py").write_text("revision: str = 'a'\ndown_revision: str | None = None\n")
        (tmp_path / "b.py").write_text("revision = 'b'\ndown_revision = 'a'\n")
        (tmp_path / "c.py").write_text("revision = 'c'\ndown_revision = 'a'\n")
        assert heads(tmp_path) == {"b", "c"}
        (tmp_path / "d.py").write_text("revision = 'd'\ndown_revision = ('b', 'c')\n")
        assert heads(tmp_path) == {"d"}

    def test_only_a_database_at_the_newest_revision_is_migrated(
        self, databases: Databases, template: str, tmp_path
    ):
        versions = ROOT / "migrations" / "versions"
        with databases.fresh_database(template) as url:
            assert is_migrated(url, versions)
            with psycopg.connect(url.replace("+psycopg", "")) as connection:
                connection.execute("UPDATE alembic_version SET version_num = 'before'")
            assert not is_migrated(url, versions)
            with psycopg.connect(url.replace("+psycopg", "")) as connection:
                connection.execute("DROP TABLE alembic_version")
            assert not is_migrated(url, versions)


def _listens(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class TestMailbox:
    def test_a_mail_sent_by_smtp_becomes_a_file(self, tmp_path):
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "eventhub.launch.mailbox", str(port), str(tmp_path / "mail")],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert eventually(lambda: _listens(port))
            with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
                server.sendmail(
                    "hub@eventhub.test",
                    ["tia@eventhub.test"],
                    "Subject: =?utf-8?b?6Lev5ryU5o+Q6YaS?=\r\n\r\nRoom A, 9:30\r\n",
                )
            (path,) = (tmp_path / "mail").glob("*.eml")
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            assert mail["Subject"] == "路演提醒"
            assert mail.get_content().strip() == "Room A, 9:30"
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            assert str(path) in said(process)
        finally:
            process.terminate()
            process.communicate(timeout=10)
        assert process.returncode == 0


def modules(text: str) -> list[list[bool]]:
    """A printed code as rows of dark or light: each character is two light or dark halves."""
    lines = re.findall(r"48;5;16m([█▀▄ \u00a0]+)\x1b", text)
    rows = []
    for line in lines:
        rows.append([mark not in "█▀" for mark in line])
        rows.append([mark not in "█▄" for mark in line])
    return rows


class TestWelcome:
    PEOPLE = (
        SignIn("组织者", "欧阳澜", "olga@eventhub.test", "secret-1", "/desk"),
        SignIn("评委", "江俊", "jun@eventhub.test", "", "/judging/j8"),
    )

    def test_columns_stand_under_each_other_although_chinese_is_wide(self):
        text = Welcome(1.25, "http://localhost:8000", None, None, self.PEOPLE).text(colours=False)

        head, first, second = text.strip().splitlines()[-3:]
        assert "ready in 1.2 s" in text
        assert head.index("E-mail") == first.index("olga") + 6 == second.index("jun@") + 4
        assert "Phones" not in text
        assert "█" not in text

    def test_a_phone_gets_an_address_and_its_code(self):
        text = Welcome(1, "http://localhost:8000", "https://192.0.2.7:8443", None, ()).text(
            colours=True
        )

        assert "https://192.0.2.7:8443" in text
        code = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_L)
        code.add_data("https://192.0.2.7:8443")
        wanted = code.get_matrix()
        assert modules(text)[: len(wanted)] == wanted

    def test_sign_ins_are_read_from_the_command(self):
        text = '[{"role": "评委", "name": "江俊", "email": null, "password": null, "path": "/j"}]'
        assert read_sign_ins(text) == [SignIn("评委", "江俊", "", "", "/j")]
