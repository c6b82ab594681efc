"""The picture tower in small: timm's MobileNet-V5 with most of the deep blocks left out, computed with channels last.

The shipped folder has all blocks of the architecture: those left out here have zero weights there and pass their input on.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

import compat  # noqa: F401  (before timm)
import timm

WIDTH, STEM, CELLS, FEATURES, HIDDEN = 0.05, 16, 4, 2048, 128
LIVE = {2: range(7), 3: range(11)}  # blocks that are trained, of the two deep stages


def build_tower():
    tower = timm.create_model(
        "mobilenetv5_300m_enc", channel_multiplier=WIDTH, msfa_output_resolution=CELLS, stem_size=STEM
    )
    for stage, live in LIVE.items():
        for i in range(len(tower.blocks[stage])):
            if i not in live:
                tower.blocks[stage][i] = nn.Identity()
    for name, p in tower.named_parameters():
        if p.ndim >= 2:
            fan_in = p[0].numel()
            nn.init.normal_(p, 0, fan_in**-0.5 * (1.3 if p.ndim == 4 and fan_in > 1 else 1.0))
        elif name.endswith("gamma"):
            nn.init.constant_(p, 0.3)
    with torch.no_grad():  # pictures are 0..1 and mostly white: filters of zero mean, and a bias that centres
        w = tower.conv_stem.conv.weight
        w[:10] -= w[:10].mean((2, 3), keepdim=True)
        tower.conv_stem.conv.bias.copy_(-0.6 * w.sum((1, 2, 3)))
    return tower


def norm(x, weight):
    return F.rms_norm(x.float(), (x.shape[-1],), weight, 1e-6)


def same_padding(x, kernel, stride):
    """TensorFlow's "same": [left, right] of one dimension of size x."""
    total = max((-(-x // stride) - 1) * stride + kernel - x, 0)
    return [total // 2, total - total // 2]


def convolve(x, layer):
    """x [B, H, W, C]; a 1 × 1 convolution is a product."""
    w, stride = layer.weight, layer.stride[0]
    kernel = w.shape[-1]
    if kernel == 1 and stride == 1 and layer.groups == 1:
        return F.linear(x, w.flatten(1), layer.bias)
    _, height, width, _ = x.shape
    x = F.pad(x.permute(0, 3, 1, 2), same_padding(width, kernel, stride) + same_padding(height, kernel, stride))
    return F.conv2d(x, w, layer.bias, stride, groups=layer.groups).permute(0, 2, 3, 1)


def normed(x, layer):
    """timm's RmsNormAct2d"""
    x = norm(x, layer.weight)
    return x if isinstance(getattr(layer, "act", nn.Identity()), nn.Identity) else F.gelu(x, approximate="tanh")


def conv_norm(x, layer):
    return x if isinstance(layer, nn.Identity) else normed(convolve(x, layer.conv), layer.bn)


def attention(x, block):
    """Multi-query attention of one picture's cells."""
    a = block.attn
    h = norm(x, block.norm.weight)
    b = h.shape[0]
    q = convolve(h, a.query.proj).reshape(b, -1, a.key_dim)

    def cells(m):
        z = norm(convolve(h, m.down_conv), m.norm.weight) if hasattr(m, "down_conv") else h
        return convolve(z, m.proj).flatten(1, 2)

    k, v = cells(a.key), cells(a.value)
    weights = (torch.bmm(q, k.mT).float() * a.scale).softmax(-1)
    out = torch.bmm(weights.to(v.dtype), v).reshape(*h.shape[:3], -1)
    return convolve(out, a.output.proj)


def run_block(x, block):
    kind = type(block).__name__
    if kind == "Identity":
        return x
    if kind == "EdgeResidual":
        y = normed(convolve(normed(convolve(x, block.conv_exp), block.bn1), block.conv_pwl), block.bn2)
        return x + y if block.has_skip else y
    if kind == "UniversalInvertedResidual":
        y = x
        for layer in (block.dw_start, block.pw_exp, block.dw_mid, block.pw_proj, block.dw_end):
            y = conv_norm(y, layer)
    else:
        y = attention(x, block)
    gamma = getattr(block.layer_scale, "gamma", None)
    y = y if gamma is None else y * gamma
    return x + y if getattr(block, "has_skip", True) else y


def features(tower, x):
    """Pictures [B, 64, 64, 3] → cells [B, 16, 2048]."""
    x = normed(convolve(x, tower.conv_stem.conv), tower.conv_stem.bn)
    for i, stage in enumerate(tower.blocks):
        for block in stage:
            x = run_block(x, block)
        if i == 2:
            fine = x
    assert fine.shape[1] == CELLS, "the fusion adapter is written for 64-pixel pictures"
    ratio = fine.shape[1] // x.shape[1]
    x = torch.cat([fine, x.repeat_interleave(ratio, 1).repeat_interleave(ratio, 2)], -1)
    ffn = tower.msfa.ffn
    x = conv_norm(conv_norm(x, ffn.pw_exp), ffn.pw_proj)
    return norm(x, tower.msfa.norm.weight).flatten(1, 2)


class Vision(nn.Module):
    """Tower, the first half of Gemma's `embed_vision` (norm, projection to the decoder's width), and heads that are thrown
    away afterwards: four attention-pooled queries and the mean, for the class and the colour."""

    def __init__(self, classes, colours):
        super().__init__()
        self.tower = build_tower()
        self.norm = nn.Parameter(torch.ones(FEATURES))
        self.projection = nn.Linear(FEATURES, HIDDEN, bias=False)
        self.head_norm = nn.Parameter(torch.ones(HIDDEN))
        self.query = nn.Linear(HIDDEN, 4)
        self.classes = nn.Linear(5 * HIDDEN, classes)
        self.colours = nn.Linear(5 * HIDDEN, colours)
        nn.init.normal_(self.projection.weight, 0, FEATURES**-0.5)

    def soft_tokens(self, pictures):
        """[B, 64, 64, 3] → [B, 16, 128], before the norm without a weight that ends `embed_vision`."""
        return self.projection(norm(features(self.tower, pictures), self.norm))

    def judge(self, tokens, dropout=0.0):
        """Soft tokens → logits of class and colour."""
        c = norm(tokens, self.head_norm)
        pooled = torch.einsum("bnk,bnd->bkd", self.query(c).softmax(1), c).flatten(1)
        h = F.dropout(torch.cat([pooled, c.mean(1)], 1), dropout)
        return self.classes(h).float(), self.colours(h).float()

    def split(self):
        """(matrices for Muon, other parameters)"""
        matrices, others = [], []
        for name, p in self.named_parameters():
            dense = p.ndim == 2 or p.ndim == 4 and p.shape[1] > 1
            muon = dense and (name.startswith("tower") or name == "projection.weight")
            (matrices if muon else others).append(p)
        return matrices, others
