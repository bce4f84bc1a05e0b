"""CIFAR-10 as this package's `--data cifar10` reads it: 49 000 rows to train on, 1000 to validate, 10 000 to test."""
import pathlib

import numpy as np


def load(folder):
    """Pixels (N, 3072) in the order height, width, channel, as bytes, and labels (N), of each part."""
    files = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]
    X, y = zip(*(read(pathlib.Path(folder) / name) for name in files))
    X_all, y_all = np.concatenate(X[:5]), np.concatenate(y[:5])
    return (X_all[:49000], y_all[:49000]), (X_all[49000:], y_all[49000:]), (X[5], y[5])


def read(path):
    records = np.fromfile(path, np.uint8).reshape(-1, 3073)
    pixels = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(pixels).reshape(-1, 3072), records[:, 0].astype(np.int64)
