"""The regressions by Newton's method: the same optimum as liblinear's, and the same twice."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from rasa_components.nlu import newton

C = 2.0
ROWS = np.random.RandomState(0).rand(60, 8)
LABELS = (ROWS[:, 0] + ROWS[:, 1] > 1).astype(int)
WANTED = np.column_stack([LABELS == 0, LABELS == 1]).astype(float)


def found() -> tuple[np.ndarray, np.ndarray]:
    return newton.regress(sparse.csr_matrix(ROWS), WANTED, 1 - WANTED, C)


def test_the_weights_are_those_of_liblinear(monkeypatch):
    monkeypatch.setattr(newton, "SOLVED", 1e-3)
    monkeypatch.setattr(newton, "LEAST_ERROR", 0.0)
    weights, bias = found()
    peer = LogisticRegression(C=C, solver="liblinear", tol=1e-8).fit(ROWS, LABELS)
    assert np.allclose(weights[:, 1], peer.coef_[0], atol=1e-2)
    assert bias[1] == pytest.approx(peer.intercept_[0], abs=1e-2)


def test_the_same_data_give_the_same_weights():
    assert np.array_equal(found()[0], found()[0])


def test_an_example_shared_by_two_classes_counts_half_for_each():
    wanted, other = np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]), np.zeros((3, 2))
    other[0, 1] = other[1, 0] = 1.0
    other[2] = 0.5
    weights, bias = newton.regress(sparse.identity(3, format="csr"), wanted, other, C)
    assert np.allclose(weights[2] + bias, 0.0, atol=0.05)


def test_a_class_without_examples_is_unlikely_everywhere():
    wanted = np.zeros((60, 1))
    weights, bias = newton.regress(sparse.csr_matrix(ROWS), wanted, 1 - wanted, C)
    assert np.all(ROWS @ weights + bias < 0)


def test_many_classes_are_told_apart(monkeypatch):
    """Each is so rare that no row against it is wrong by LEAST_ERROR at the start."""
    random, classes, each = np.random.RandomState(1), 200, 6
    names = np.repeat(np.arange(classes), each)
    own = (names[:, None] == np.arange(classes)) * 0.5
    rows = sparse.csr_matrix(own + random.rand(len(names), classes))
    wanted = (names[:, None] == np.arange(classes)).astype(float)

    def right() -> float:
        weights, bias = newton.regress(rows, wanted, 1 - wanted, 20.0)
        return float(np.mean((rows @ weights + bias).argmax(axis=1) == names))

    assert right() > 0.95
    monkeypatch.setattr(newton, "LEAST_SHARE", np.inf)
    assert right() < 0.9
