"""scikit-learn's side of docs/accuracy.md: MLPClassifier on standardised pixels, for some seconds.

    python bench/accuracy/sklearn_cifar10.py FOLDER --seconds 60 --hidden 512 --seed 0

Its defaults (Adam, a rate of 1e-3, alpha of 1e-4), minibatches of 200, one epoch after the other until the time is
over. It has no dropout, flips or schedules for Adam. It prints one JSON line with the accuracies of the epoch that
predicts the validation rows best, and of the last one.
"""
import argparse
import json
import time

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from _cifar10 import load

options = argparse.ArgumentParser()
options.add_argument("folder")
options.add_argument("--seconds", type=float, default=60)
options.add_argument("--hidden", type=int, default=512)
options.add_argument("--seed", type=int, default=0)
options = options.parse_args()

train, validation, test = load(options.folder)
mean, std = train[0].mean(0, dtype=np.float64), train[0].std(0, dtype=np.float64)


def standardised(X):
    return ((X - mean) / std).astype(np.float32)


X, y = standardised(train[0]), train[1]
X_validation, X_test = standardised(validation[0]), standardised(test[0])
net = MLPClassifier(hidden_layer_sizes=(options.hidden,), batch_size=200, random_state=options.seed)
seconds, epochs, best = 0.0, 0, {"validation": 0}
while seconds < options.seconds:
    start = time.perf_counter()
    net.partial_fit(X, y, classes=np.arange(10))
    seconds += time.perf_counter() - start
    epochs += 1
    last = {"epoch": epochs, "validation": net.score(X_validation, validation[1]), "test": net.score(X_test, test[1])}
    best = max(best, last, key=lambda each: each["validation"])
print(json.dumps({"sklearn": sklearn.__version__, **vars(options), "epochs": epochs, "seconds": seconds, "best": best,
                  "last": last}))
