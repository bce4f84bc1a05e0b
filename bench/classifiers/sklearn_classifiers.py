"""scikit-learn's side of `npm run bench -- --classifiers`: the data sets with their splits, and its classifiers.

It answers {"prepare": {"set", "splits", "folder"}}: writes the rows to FOLDER/X.f64 (float64, row-major), labels and
splits to FOLDER/set.json, and says how many rows, columns and classes there are. It answers {"fit": {"method",
"split"}} with the seconds of a fit and its accuracy on the test rows.
"""
import json
import pathlib
import sys
import time
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "peers"))
from _peer import THREADS, say, unavailable  # noqa: E402

try:
    import numpy as np
    import sklearn
    from sklearn import datasets
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
except ImportError as error:
    unavailable(error)

METHODS = {
    "adam": lambda seed: MLPClassifier(random_state=seed),
    "sgd": lambda seed: MLPClassifier(solver="sgd", random_state=seed),
    # Its default of 100 iterations does not always suffice, which it says.
    "logistic": lambda seed: LogisticRegression(max_iter=1000),
}


def embeddings():
    """5000 rows of 768 numbers in 20 clusters that overlap: what an encoder's vectors of texts may look like."""
    random = np.random.default_rng(0)
    centers = random.normal(size=(20, 768)) * 0.16
    y = random.integers(0, 20, 5000)
    return (centers[y] + random.normal(size=(5000, 768))).astype(np.float32).astype(np.float64), y


def load(name):
    return embeddings() if name == "embeddings" else getattr(datasets, f"load_{name}")(return_X_y=True)


class Bench:
    def prepare(self, set, splits, folder):
        self.X, self.y = load(set)
        rows = np.arange(len(self.y))
        self.splits = [
            train_test_split(rows, test_size=0.25, random_state=seed, stratify=self.y) for seed in range(splits)
        ]
        folder = pathlib.Path(folder)
        self.X.astype("<f8").tofile(folder / "X.f64")
        lists = [{"train": train.tolist(), "test": test.tolist()} for train, test in self.splits]
        (folder / "set.json").write_text(json.dumps({"y": self.y.tolist(), "splits": lists}))
        return {"rows": len(self.y), "columns": self.X.shape[1], "classes": int(self.y.max()) + 1}

    def fit(self, method, split):
        train, test = self.splits[split]
        X, y = self.X[train], self.y[train]
        start = time.perf_counter()
        model = make_pipeline(StandardScaler(), METHODS[method](split)).fit(X, y)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "accuracy": model.score(self.X[test], self.y[test])}


warnings.filterwarnings("ignore")
say(name="scikit-learn", version=sklearn.__version__, threads=THREADS)
bench = Bench()
for line in sys.stdin:
    [(verb, arguments)] = json.loads(line).items()
    try:
        say(**getattr(bench, verb)(**arguments))
    except Exception as error:  # the benchmark reports why
        say(failed=f"{type(error).__name__}: {error}"[:500])
