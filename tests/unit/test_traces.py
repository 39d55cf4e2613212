"""Words by which a document gives away whose it is."""

from __future__ import annotations

from eventhub.domain import traces


def test_a_school_is_told_by_each_of_its_names():
    found = traces.of_school("重庆邮电大学", ["重邮", "CQUPT"], "cqupt.edu.cn")

    assert {"重庆邮电大学", "重庆邮电", "重邮", "CQUPT", "cqupt.edu.cn", "cqupt"} <= found
    assert "chongqingyoudiandaxue" in found


def test_a_city_is_no_trace():
    found = traces.of_school("重庆大学", [], "")

    assert {"chongqinguniversity", "universityofchongqing"} <= found
    assert not {"重庆", "chongqing"} & found


def test_an_everyday_word_counts_only_beside_a_school_s_people():
    found = traces.of_school("重庆大学", ["重大"], "")

    assert "重大" not in found
    assert {"重大学生", "来自重大"} <= found


def test_a_person_is_told_in_latin_letters_too():
    assert traces.of_person("田佳") == {"田佳", "tianjia", "jiatian"}
    assert traces.of_person("John Smith") == {"John Smith"}
