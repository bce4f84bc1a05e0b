"""PyTorch in eager mode."""
from _torch_step import serve_torch

serve_torch("PyTorch eager", compiled=False)
