from corpus.document import Span, Table


def test_a_title_over_the_whole_width_names_no_column():
    text = "任务台账\n序号\n任务\n1\n修路"
    title, number, task, one, road = (Span(0, 4), Span(5, 7), Span(8, 10), Span(11, 12), Span(13, 15))
    table = Table(Span(0, 15), ((title, title), (number, task), (one, road)), header_rows=2)
    assert [table.header(i, text) for i in (0, 1)] == ["序号", "任务"]


def test_a_column_under_a_group_has_both_headers():
    text = "责任分工\n牵头\n配合"
    group, lead, support = Span(0, 4), Span(5, 7), Span(8, 10)
    table = Table(Span(0, 10), ((group, group), (lead, support)), header_rows=2)
    # a group that covers the whole table cannot be told from a title, and says no more than one
    assert table.header(0, text) == "牵头"
    wide = Table(Span(0, 10), ((lead, group, group), (lead, lead, support)), header_rows=2)
    assert wide.header(2, text) == "责任分工配合"
