"""PyTorch with torch.compile, which needs a C++ compiler."""
from _torch_step import serve_torch

serve_torch("PyTorch compiled", compiled=True)
