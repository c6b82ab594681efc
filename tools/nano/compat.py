"""Lets timm load where torchvision's compiled part doesn't fit this torch: it only needs the operator's name to exist."""

import torch

try:
    torch.ops.torchvision.nms  # noqa: B018
except (AttributeError, RuntimeError):
    try:
        import torchvision  # noqa: F401
    except Exception:
        library = torch.library.Library("torchvision", "DEF")
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
