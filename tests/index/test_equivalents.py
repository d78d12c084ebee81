"""What has several names is read by one; a search for one name looks for the others."""

from __future__ import annotations

from index.equivalents import equivalent_forms, find_equivalents, unify_terms
from index.query import EQUIVALENT_WEIGHT, parse_query


def test_each_name_belongs_to_one_term_only() -> None:
    names = [name for term, forms in equivalent_forms().items() for name in (term, *forms)]
    assert len(names) == len(set(names))


def test_a_unified_text_stays_as_it_is() -> None:
    for term, forms in equivalent_forms().items():
        assert {unify_terms(form) for form in (term, *forms)} == {term}


def test_queries_with_either_name_search_for_the_other() -> None:
    one, other = parse_query("养老院收费标准"), parse_query("养老机构收费标准")
    assert "养老院" in one.words
    assert one.extra_words["养老机构"] == other.extra_words["养老院"] == EQUIVALENT_WEIGHT
    assert find_equivalents("养老机构收费") == {"养老机构": ("养老院", "敬老院")}


def test_names_in_marks_stay() -> None:
    assert parse_query("《养老院管理规定》").phrases == ("养老院管理规定",)
