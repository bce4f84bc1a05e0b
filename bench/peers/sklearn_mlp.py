"""scikit-learn's MLPClassifier: one partial_fit with plain SGD for each minibatch, in float32."""
from _peer import LEARNING_RATE, REG, random_data, serve, unavailable

try:
    import numpy as np
    import sklearn
    from sklearn.neural_network import MLPClassifier
except ImportError as error:
    unavailable(error)


def make_step(D, H, C, N, rows):
    X, y = random_data(rows, D, C, np.float32)
    X /= 128  # its initial weights suit numbers around 1
    random = np.random.default_rng(0)
    sgd = {"solver": "sgd", "batch_size": N, "learning_rate_init": LEARNING_RATE, "momentum": 0}
    net = MLPClassifier((H,), alpha=REG * N, random_state=0, **sgd)
    net.partial_fit(X[:N], y[:N], classes=np.arange(C))

    def step():
        index = random.integers(0, rows, N)
        net.partial_fit(X[index], y[index])

    return step


serve(make_step, name="scikit-learn MLPClassifier", version=sklearn.__version__, dtype="float32")
