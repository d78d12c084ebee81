"""Log-linear models: what signs say adds up, what is not known says nothing, and the models that come with the program are whole."""

from __future__ import annotations

import numpy as np
import pytest

from graph.loglinear import LogLinear, load_model


def test_signs_add_up_and_unknown_ones_say_nothing() -> None:
    model = LogLinear(("yes", "no"), {"bias": 0, "goal": 1}, np.array([[0.0, 0.5], [2.0, -1.0]]))
    assert model.probabilities(["bias"])["no"] > 0.6
    assert model.probabilities(["bias", "goal"])["yes"] > 0.9
    assert model.probabilities(["bias", "goal", "other"]) == model.probabilities(["goal", "bias", "goal"])
    assert model.probabilities([]) == {"yes": 0.5, "no": 0.5}


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("figure_kinds.json", ("target", "achieved", "statistic", "rule")),
        ("figure_names.json", ("right", "usable", "senseless")),
        ("task_items.json", ("task", "none")),
    ],
)
def test_the_models_that_come_along_are_whole(name: str, classes: tuple[str, ...]) -> None:
    model = load_model(name)
    assert model.classes == classes
    assert model.weights.shape == (len(model.signs), len(classes))
    assert np.isfinite(model.weights).all() and sorted(model.signs.values()) == list(range(len(model.signs)))
    assert "bias" in model.signs and abs(sum(model.probabilities(["bias"]).values()) - 1) < 1e-9
