"""The baseline: the article's own code, in NumPy with float64, unchanged."""
from _peer import LEARNING_RATE, REG, STD, random_data, serve, unavailable

try:
    import numpy as np
except ImportError as error:
    unavailable(error)


def make_step(D, H, C, N, rows):
    X_train, y_train = random_data(rows, D, C, np.float64)
    num_train = rows
    params = {
        "W1": STD * np.random.randn(D, H),
        "b1": np.zeros(H),
        "W2": STD * np.random.randn(H, C),
        "b2": np.zeros(C),
    }

    def loss(X, y, reg):
        W1, b1 = params["W1"], params["b1"]
        W2, b2 = params["W2"], params["b2"]
        N = X.shape[0]
        z1 = X.dot(W1) + b1
        a1 = np.maximum(0, z1)
        scores = a1.dot(W2) + b2
        exp_scores = np.exp(scores)
        a2 = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
        corect_logprobs = -np.log(a2[range(N), y])
        data_loss = np.sum(corect_logprobs) / N
        reg_loss = 0.5 * reg * np.sum(W1 * W1) + 0.5 * reg * np.sum(W2 * W2)
        loss = data_loss + reg_loss
        grads = {}
        dscores = a2
        dscores[range(N), y] -= 1
        dscores /= N
        grads["W2"] = np.dot(a1.T, dscores)
        grads["b2"] = np.sum(dscores, axis=0)
        dhidden = np.dot(dscores, W2.T)
        dhidden[a1 <= 0] = 0
        grads["W1"] = np.dot(X.T, dhidden)
        grads["b1"] = np.sum(dhidden, axis=0)
        grads["W2"] += reg * W2
        grads["W1"] += reg * W1
        return loss, grads

    def step():
        sample_indices = np.random.choice(np.arange(num_train), N)
        X_batch = X_train[sample_indices]
        y_batch = y_train[sample_indices]
        _, grads = loss(X_batch, y_batch, REG)
        params["W1"] += -LEARNING_RATE * grads["W1"]
        params["b1"] += -LEARNING_RATE * grads["b1"]
        params["W2"] += -LEARNING_RATE * grads["W2"]
        params["b2"] += -LEARNING_RATE * grads["b2"]

    return step


serve(make_step, name="NumPy float64, the article's code", version=np.__version__, dtype="float64")
