"""PyTorch as fast as possible: rows selected without a loader, fused SGD, gradients dropped instead of zeroed."""
from _peer import LEARNING_RATE, MEAN, REG, STD, THREADS, random_bytes, random_data, serve, unavailable

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
except ImportError as error:
    unavailable(error)

torch.set_num_threads(THREADS)


def serve_torch(name, compiled, optimizer="SGD", options={}, row_type="float32"):
    """Steps with an optimizer of torch.optim, on centred numbers or on bytes whose mean each step subtracts."""
    rule = getattr(torch.optim, optimizer)
    if optimizer != "AdamW":  # whose weight decay is not the penalty's
        options = {**options, "weight_decay": REG}

    def make_step(D, H, C, N, rows):
        data = random_bytes(rows, D, C) if row_type == "bytes" else random_data(rows, D, C, np.float32)
        X, y = (torch.from_numpy(array) for array in data)
        mean = torch.full((D,), MEAN)
        net = torch.nn.Sequential(torch.nn.Linear(D, H), torch.nn.ReLU(), torch.nn.Linear(H, C))
        with torch.no_grad():
            for layer in (net[0], net[2]):
                layer.weight.normal_(0, STD)
                layer.bias.zero_()
        optimizer = rule(net.parameters(), lr=LEARNING_RATE, fused=True, **options)

        def forward_backward(index):
            # index_select is up to 1.7 times as fast as X[index].
            batch, labels = torch.index_select(X, 0, index), torch.index_select(y, 0, index)
            if row_type == "bytes":
                batch = batch.to(torch.float32).sub_(mean)
            loss = F.cross_entropy(net(batch), labels)
            loss.backward()
            return loss

        if compiled:
            torch._dynamo.reset()  # otherwise earlier shapes would make this one dynamic
            forward_backward = torch.compile(forward_backward)

        def step():
            forward_backward(torch.randint(0, rows, (N,)))
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

        return step

    serve(make_step, name=name, version=torch.__version__, dtype="float32")
