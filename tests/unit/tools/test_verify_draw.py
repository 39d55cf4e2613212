import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from eventhub.domain.draw import publication

TOOL = Path(__file__).parents[3] / "tools/verify_draw.py"
SECRET = bytes(range(100, 132))
CODES = ["7K3M", "9QX2", "CY-03", "项目甲", "H4TT"]
TEXT = "双色球 2026135 期：03 07 12 19 25 31 + 08"

HEAD = """{"algorithm": "eventhub-draw-1", "secret": "00", "commitment": "", "public_text": "t", """
Run = subprocess.CompletedProcess[str]


def run(*arguments: str | Path) -> Run:
    # -I: no site packages of the user, no environment, and no project on the path.
    return subprocess.run(
        [sys.executable, "-I", "-X", "utf8", TOOL, *arguments],
        capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip


@pytest.fixture
def draw() -> dict[str, Any]:
    return json.loads(json.dumps(publication(CODES, secret=SECRET, public_text=TEXT)))  # type: ignore[no-any-return]


def check(document: object, folder: Path, *arguments: str) -> Run:
    path = folder / "draw.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return run(path, *arguments)


def test_a_true_draw_holds(draw: dict[str, Any], tmp_path: Path) -> None:
    outcome = check(draw, tmp_path)

    assert outcome.returncode == 0, outcome.stderr
    assert "HOLDS 抽签结果成立: 5 codes" in outcome.stdout
    assert draw["commitment"] in outcome.stdout


def test_the_pinned_draw_holds() -> None:
    assert run(Path(__file__).parents[1] / "vectors/draw.json").returncode == 0


def test_accents_may_be_typed_either_way(tmp_path: Path) -> None:
    document = publication(CODES, secret=SECRET, public_text="Caf\u00e9")
    document["public_text"] = "Cafe\u0301"

    assert check(document, tmp_path).returncode == 0


def swap(draw: dict[str, Any]) -> None:
    first, second = draw["order"][:2]
    first["code"], second["code"] = second["code"], first["code"]


def swap_with_digests(draw: dict[str, Any]) -> None:
    first, second = draw["order"][:2]
    first["position"], second["position"] = 2, 1


def reveal_another_secret(draw: dict[str, Any]) -> None:
    other = publication(CODES, secret=SECRET[::-1], public_text=TEXT)
    draw["secret"], draw["order"] = other["secret"], other["order"]


def change_the_text(draw: dict[str, Any]) -> None:
    draw["public_text"] += "。"


def slip_a_code_in(draw: dict[str, Any]) -> None:
    draw["codes"].append("NEW")


def lose_a_code(draw: dict[str, Any]) -> None:
    draw["codes"].pop()


def lose_a_position(draw: dict[str, Any]) -> None:
    draw["order"].pop()


def repeat_a_position(draw: dict[str, Any]) -> None:
    draw["order"].append(draw["order"][0])


def list_out_of_turn(draw: dict[str, Any]) -> None:
    draw["order"].reverse()


def enter_twice(draw: dict[str, Any]) -> None:
    draw["codes"].append(draw["codes"][0])


def empty(draw: dict[str, Any]) -> None:
    draw["codes"], draw["order"] = [], []


def blank_the_text(draw: dict[str, Any]) -> None:
    draw["public_text"] = " "


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (swap, "does not follow from the draw"),
        (swap_with_digests, "does not follow from the draw"),
        (reveal_another_secret, "does not fit the commitment"),
        (change_the_text, "does not follow from the draw"),
        (slip_a_code_in, "'NEW'"),
        (lose_a_code, "does not follow from the draw"),
        (lose_a_position, "position 5 should be code"),
        (repeat_a_position, "more than once"),
        (list_out_of_turn, "out of turn"),
        (enter_twice, "stands twice in the list"),
        (empty, "there are no codes"),
        (blank_the_text, "public text is blank"),
    ],
)
def test_a_tampered_draw_does_not_hold(
    tamper: Callable[[dict[str, Any]], None], message: str, draw: dict[str, Any], tmp_path: Path
) -> None:
    tamper(draw)
    outcome = check(draw, tmp_path)

    assert outcome.returncode == 1
    assert "DOES NOT HOLD 抽签结果不成立" in outcome.stdout
    assert message in outcome.stdout


def test_a_forged_whole_is_caught_by_the_noted_commitment(
    draw: dict[str, Any], tmp_path: Path
) -> None:
    forged = publication(CODES, secret=SECRET[::-1], public_text=TEXT)

    assert check(forged, tmp_path).returncode == 0
    outcome = check(forged, tmp_path, "--commitment", draw["commitment"])
    assert outcome.returncode == 1
    assert "not the one that you noted down" in outcome.stdout
    assert check(draw, tmp_path, "--commitment", draw["commitment"].upper()).returncode == 0


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        "null",
        "[" * 100_000,
        '{"algorithm": "eventhub-draw-2"}',
        '{"algorithm": "eventhub-draw-1", "secret": "xyz"}',
        '{"algorithm": "eventhub-draw-1", "algorithm": "eventhub-draw-1"}',
        HEAD + '"codes": [1], "order": []}',
        HEAD + '"codes": ["a"], "order": [{"position": true, "code": "a", "digest": ""}]}',
    ],
)
def test_what_is_no_draw_is_refused_without_traceback(content: str, tmp_path: Path) -> None:
    path = tmp_path / "draw.json"
    path.write_text(content, encoding="utf-8")
    outcome = run(path)

    assert outcome.returncode == 1
    assert outcome.stderr.startswith("CANNOT BE CHECKED 无法核验")
    assert "Traceback" not in outcome.stderr


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    outcome = run(tmp_path / "none.json")

    assert outcome.returncode == 1
    assert outcome.stderr.startswith("CANNOT BE CHECKED")


@pytest.fixture
def address(draw: dict[str, Any]) -> Iterator[str]:
    body = json.dumps(draw).encode()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/draw.json" else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base names it
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_draw_is_read_from_an_address(address: str) -> None:
    assert run(f"{address}/draw.json").returncode == 0
    outcome = run(f"{address}/gone.json")
    assert outcome.returncode == 1
    assert "404" in outcome.stderr
