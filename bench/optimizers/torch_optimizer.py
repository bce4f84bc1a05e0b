"""PyTorch with one of its fused optimizers: a peer (../peer.ts) whose settings are the argument, in JSON."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peers"))
from _torch_step import serve_torch

settings = json.loads(sys.argv[1])
compiled = settings["compiled"]
serve_torch(
    f"PyTorch {'compiled' if compiled else 'eager'}",
    compiled,
    optimizer=settings["name"],
    options=settings["options"],
    row_type=settings["rowType"],
)
