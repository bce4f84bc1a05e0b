"""NumPy as fast as possible: float32, every array allocated once, every operation in place."""
from _peer import LEARNING_RATE, REG, STD, random_data, serve, unavailable

try:
    import numpy as np
except ImportError as error:
    unavailable(error)


def make_step(D, H, C, N, rows):
    f = np.float32
    X, y = random_data(rows, D, C, f)
    random = np.random.default_rng(0)
    W1, W2 = f(STD) * random.standard_normal((D, H), f), f(STD) * random.standard_normal((H, C), f)
    b1, b2 = np.zeros(H, f), np.zeros(C, f)
    Xb, hidden, dhidden = np.empty((N, D), f), np.empty((N, H), f), np.empty((N, H), f)
    scores, dW1, dW2, dead = np.empty((N, C), f), np.empty((D, H), f), np.empty((H, C), f), np.empty((N, H), bool)
    every = np.arange(N)
    rate, decay = f(LEARNING_RATE), f(1 - LEARNING_RATE * REG)
    losses = []

    def step():
        index = random.integers(0, rows, N)
        np.take(X, index, 0, Xb, mode="clip")  # "clip" needs no intermediate buffer
        labels = y[index]
        np.matmul(Xb, W1, hidden)
        np.add(hidden, b1, hidden)
        np.maximum(hidden, 0, out=hidden)
        np.matmul(hidden, W2, scores)
        np.add(scores, b2, scores)
        np.subtract(scores, scores.max(1, keepdims=True), scores)
        np.exp(scores, scores)
        np.divide(scores, scores.sum(1, keepdims=True), scores)
        losses[:] = [-np.log(scores[every, labels]).mean()]
        scores[every, labels] -= 1
        np.multiply(scores, rate / f(N), scores)  # the learning rate is applied here because this array is small
        np.matmul(scores, W2.T, dhidden)
        np.less_equal(hidden, 0, dead)
        np.copyto(dhidden, 0, where=dead)
        np.matmul(hidden.T, scores, dW2)
        np.matmul(Xb.T, dhidden, dW1)
        for weights, gradient in ((W1, dW1), (W2, dW2)):
            np.multiply(weights, decay, weights)
            np.subtract(weights, gradient, weights)
        np.subtract(b1, dhidden.sum(0), b1)
        np.subtract(b2, scores.sum(0), b2)

    return step


serve(make_step, name="NumPy float32, in place", version=np.__version__, dtype="float32")
