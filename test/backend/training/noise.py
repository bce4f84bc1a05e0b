# Trainings with dropout, flips and shifts in NumPy: the masks are the few lines of `numbers` and `drop`.
import json
import sys

import numpy as np


def numbers(training, kind, t, rows, length):
    """The 16-bit draws of iteration t for rows of this length."""
    stride = -(-length // 16) * 16
    generator = np.random.Philox(key=[training['noiseSeed'], kind], counter=[0, t, 0, 0])
    return generator.random_raw(rows * stride // 4).astype('<u8').view('<u2').reshape(rows, stride)[:, :length]


def drop(values, rate, draws):
    threshold = np.floor(rate * 2**16 + 0.5)
    return np.where(draws < threshold, 0, values / max(1 - threshold / 2**16, 2**-17))


def change(training, t, rows):
    """Flips and moves pictures (B, D)."""
    if not training['picture']:
        return rows
    height, width, channels = (training['picture'][name] for name in ('height', 'width', 'channels'))
    k = training['shift']
    words = np.random.Philox(key=[training['noiseSeed'], 2], counter=[0, t, 0, 0]).random_raw(len(rows))
    changed = []
    for word, row in zip(words.tolist(), rows):
        picture = row.reshape(height, width, channels)
        if training['flip'] and word & 1:
            picture = picture[:, ::-1]
        down, right = ((word >> bit & 0xFFFF) * (2 * k + 1) // 2**16 - k for bit in (16, 32))
        padded = np.pad(picture, ((k, k), (k, k), (0, 0)), mode='edge')
        changed.append(padded[k - down : k - down + height, k - right : k - right + width].ravel())
    return np.array(changed)


def train(training, minibatch_seed):
    D, H, C, N, B = (training[name] for name in ('D', 'H', 'C', 'N', 'batchSize'))
    random = np.random.RandomState(5)
    pictures = bool(training['picture'])
    W1 = random.randn(D, H) * (0.003 if pictures else 0.3)
    b1 = random.randn(H) * 0.1
    W2 = random.randn(H, C) * 0.3
    b2 = random.randn(C) * 0.1
    data = random.randint(0, 256, (N, D)) if pictures else random.randn(N, D)
    mean = random.uniform(100, 155, D) if pictures else 0
    labels = random.randint(0, C, N)
    reg, losses = training['reg'], []
    parameters = [W1, b1, W2, b2]
    velocities = [np.zeros_like(array) for array in parameters]
    random = np.random.RandomState(minibatch_seed)
    epoch = max(N // B, 1)
    for t in range(training['numIters']):
        if training['sampling'] == 'permutation':
            if t % epoch == 0:
                order = random.permutation(N)
            rows = order[t % epoch * B :][:B]
        else:
            rows = random.choice(N, B)
        X = drop(change(training, t, data[rows]) - mean, training['inputDropout'], numbers(training, 1, t, B, D))
        draws = numbers(training, 0, t, B, H)
        hidden = drop(np.maximum(X @ W1 + b1, 0), training['dropout'], draws)
        p = np.exp(hidden @ W2 + b2)
        p /= p.sum(axis=1, keepdims=True)
        penalty = 0.5 * reg * ((W1**2).sum() + (W2**2).sum())
        losses.append(-np.log(p[range(B), labels[rows]]).mean() + penalty)
        p[range(B), labels[rows]] -= 1
        dscores = p / B
        dhidden = drop(dscores @ W2.T, training['dropout'], draws) * (hidden > 0)
        gradients = [X.T @ dhidden + reg * W1, dhidden.sum(axis=0), hidden.T @ dscores + reg * W2, dscores.sum(axis=0)]
        for parameter, velocity, gradient in zip(parameters, velocities, gradients):
            velocity[...] = training['momentum'] * velocity + gradient
            parameter -= training['learningRate'] * velocity
    return {'losses': losses, **{n: a.ravel().tolist() for n, a in zip(('W1', 'b1', 'W2', 'b2'), parameters)}}


print(json.dumps([train(training, int(sys.argv[2])) for training in json.loads(sys.argv[1])]))
