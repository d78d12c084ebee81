"""任务台账: tasks, targets and units."""
