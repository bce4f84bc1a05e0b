"""JAX: the whole step is one compiled function, with donated parameters that are updated in place."""
import os

from _peer import LEARNING_RATE, REG, STD, THREADS, random_data, serve, unavailable

# JAX uses one thread per processor that it may run on, and has no other setting for it.
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
os.environ.setdefault("JAX_PLATFORMS", "cpu")

try:
    import jax
    import jax.numpy as jnp
    import numpy as np
except ImportError as error:
    unavailable(error)


def loss(params, X, y):
    W1, b1, W2, b2 = params
    scores = jax.nn.relu(X @ W1 + b1) @ W2 + b2
    data_loss = -jnp.mean(jax.nn.log_softmax(scores)[jnp.arange(X.shape[0]), y])
    return data_loss + 0.5 * REG * (jnp.sum(W1**2) + jnp.sum(W2**2))


def train_step(params, X, y, index):
    value, grads = jax.value_and_grad(loss)(params, X[index], y[index])
    return [p - LEARNING_RATE * g for p, g in zip(params, grads)], value


def make_step(D, H, C, N, rows):
    X, y = random_data(rows, D, C, np.float32)
    X, y = jnp.asarray(X), jnp.asarray(y.astype(np.int32))
    random = np.random.default_rng(0)

    def normal(*shape):
        return jnp.asarray(STD * random.standard_normal(shape, np.float32))

    latest[:] = [normal(D, H), jnp.zeros(H), normal(H, C), jnp.zeros(C)]
    compiled = jax.jit(train_step, donate_argnums=0)

    def step():
        latest[:], _ = compiled(list(latest), X, y, random.integers(0, rows, N))

    return step


latest = []  # the parameters, which JAX computes asynchronously
processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
serve(
    make_step,
    finish=lambda: jax.block_until_ready(latest),
    threads=processors,
    name="JAX jit",
    version=jax.__version__,
    dtype="float32",
)
