"""PyTorch's side of docs/accuracy.md: the same net, trained as well as PyTorch's users would, for some seconds.

    python bench/accuracy/torch_cifar10.py FOLDER --seconds 60 --hidden 512 --dropout 0.3 --seed 0

Nesterov's momentum of 0.9 (fused), a cosine schedule from 0.02 over the steps that fit into the seconds, standardised
pixels, flips, shifts of up to two pixels, weight decay of 5e-4, minibatches of 200, label smoothing. It prints one JSON
line with the accuracies on the validation and test rows.
"""
import argparse
import json
import time

import torch

from _cifar10 import load

options = argparse.ArgumentParser()
options.add_argument("folder")
options.add_argument("--seconds", type=float, default=60)
options.add_argument("--hidden", type=int, default=512)
options.add_argument("--dropout", type=float, default=0.3)
options.add_argument("--label-smoothing", type=float, default=0.1)
options.add_argument("--learning-rate", type=float, default=0.02)
options.add_argument("--threads", type=int, default=2)
options.add_argument("--seed", type=int, default=0)
options = options.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(options.seed)

train, validation, test = (
    (torch.from_numpy(X).view(-1, 32, 32, 3).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(y))
    for X, y in load(options.folder)
)
N, BATCH, WARMUP, FIRST = len(train[1]), 200, 200, 50
pixels = train[0].float()
mean, std = pixels.mean(0, keepdim=True), pixels.std(0, keepdim=True)
del pixels

net = torch.nn.Sequential(
    torch.nn.Linear(3072, options.hidden),
    torch.nn.ReLU(),
    torch.nn.Dropout(options.dropout),
    torch.nn.Linear(options.hidden, 10),
)
for layer in (net[0], net[3]):
    torch.nn.init.kaiming_normal_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
optimizer = torch.optim.SGD(
    net.parameters(), lr=options.learning_rate, momentum=0.9, nesterov=True, weight_decay=5e-4, fused=True
)
criterion = torch.nn.CrossEntropyLoss(label_smoothing=options.label_smoothing)


def augmented(X):
    """Flips half of the pictures, and moves each by up to two pixels; the border is repeated."""
    n = len(X)
    columns = torch.arange(32).expand(n, 32)
    columns = torch.where(torch.rand(n, 1) < 0.5, 31 - columns, columns)
    columns = columns.gather(1, (torch.arange(32) - torch.randint(-2, 3, (n, 1))).clamp(0, 31))
    rows = (torch.arange(32) - torch.randint(-2, 3, (n, 1))).clamp(0, 31)
    index = torch.arange(n)[:, None, None]
    return X.permute(0, 2, 3, 1)[index, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def step(indices):
    X = ((augmented(train[0][indices]).float() - mean) / std).flatten(1)
    optimizer.zero_grad(set_to_none=True)
    criterion(net(X), train[1][indices]).backward()
    optimizer.step()


def accuracy(X, y):
    net.eval()
    with torch.no_grad():
        right = sum(
            (net(((X[i : i + 1000].float() - mean) / std).flatten(1)).argmax(1) == y[i : i + 1000]).sum().item()
            for i in range(0, len(y), 1000)
        )
    return right / len(y)


def rate(t, steps):
    """Of the schedule, as docs/training.md has it."""
    if t < WARMUP:
        return options.learning_rate * (t + 1) / WARMUP
    return options.learning_rate * 0.5 * (1 + torch.cos(torch.tensor(torch.pi * (t - WARMUP) / (steps - WARMUP))).item())


start, t, steps = time.perf_counter(), 0, None
order = torch.randperm(N)
while steps is None or t < steps:
    at = t * BATCH % (N // BATCH * BATCH)
    if at == 0:
        order = torch.randperm(N)
    if t == FIRST:
        first = time.perf_counter()
    if t == 2 * FIRST:
        # As many steps as there is time for.
        of_each = (time.perf_counter() - first) / FIRST
        steps = t + int((options.seconds - (time.perf_counter() - start)) / of_each)
    for group in optimizer.param_groups:
        group["lr"] = rate(t, steps or 1_000_000)
    step(order[at : at + BATCH])
    t += 1
seconds = time.perf_counter() - start
print(json.dumps({
    "torch": torch.__version__, **vars(options), "steps": t, "epochs": t * BATCH / N, "seconds": seconds,
    "validation": accuracy(*validation), "test": accuracy(*test),
}))
