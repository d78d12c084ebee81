from corpus.titles import in_marks


def test_marks_inside_a_title_are_turned() -> None:
    assert in_marks("关于印发《某市\n供水方案》的通知") == "《关于印发〈某市供水方案〉的通知》"
