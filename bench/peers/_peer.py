"""Shared by the Python peers: the dialogue of one JSON line at a time (bench/peer.ts), and the data."""
import json
import os
import sys
import time

THREADS = int(os.environ["OMP_NUM_THREADS"])


def say(**answer):
    print(json.dumps(answer), flush=True)


def serve(make_step, finish=lambda: None, threads=THREADS, **introduction):
    """Introduces the peer, then answers until standard input ends.

    make_step(D, H, C, N, rows) prepares a shape and returns a function that runs one training step. finish() waits for
    steps that are still running.
    """
    say(threads=threads, **introduction)
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                step = None  # frees the data of the previous shape
                step = make_step(**request["prepare"])
                for _ in range(3):
                    step()
                finish()
                say(ready=True)
            else:
                start = time.perf_counter()
                for _ in range(request["run"]):
                    step()
                finish()
                say(seconds=time.perf_counter() - start)
        except Exception as error:  # the benchmark continues without this peer and reports why
            say(failed=f"{type(error).__name__}: {error}"[:500])


def unavailable(error):
    """Exits with the reason why this peer cannot run here."""
    say(unavailable=str(error))
    sys.exit(0)


def random_bytes(rows, D, C):
    """Random bytes (rows, D) whose mean is MEAN, and random labels."""
    import numpy as np

    random = np.random.default_rng(0)
    return random.integers(0, 256, (rows, D), dtype=np.uint8), random.integers(0, C, rows)


def random_data(rows, D, C, dtype):
    """Random bytes as centred numbers (rows, D), and random labels: the data that a training keeps in memory."""
    bytes, y = random_bytes(rows, D, C)
    X = bytes.astype(dtype)
    X -= dtype(MEAN)
    return X, y


MEAN = 127.5
LEARNING_RATE = 1e-4
STD = 1e-4
REG = 1e-5
