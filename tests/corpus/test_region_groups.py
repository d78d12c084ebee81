"""Groups of regions: every name is known, members are divisions, longer names go first."""

from __future__ import annotations

from corpus.region_groups import find_groups, group_named, region_groups


def test_every_group_has_members_and_no_name_is_used_twice() -> None:
    names = [name for group in region_groups() for name in group.names]
    assert len(names) == len(set(names))
    assert all(group.members for group in region_groups())


def test_groups_are_found_by_any_of_their_names() -> None:
    assert {group.name for _, group in find_groups("东北三省和京津冀地区的目标")} == {"东北", "京津冀"}
    assert group_named("三省一市") is group_named("长三角")
    assert [d.short for d in group_named("京津冀").members] == ["北京市", "天津市", "河北"]  # type: ignore[union-attr]


def test_a_whole_level_is_all_of_it() -> None:
    group = group_named("31个省")
    assert group is not None and group.whole_level and len(group.members) == 31
