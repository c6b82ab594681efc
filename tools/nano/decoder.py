"""The Gemma 3n decoder for training: the function of transformers' Gemma3nTextModel (`check_decoder.py` compares), over packed
conversations, with nested feed-forward widths and layers that can be skipped. Parameters carry transformers' names.

Rows hold several conversations each; `segment` keeps their attention apart, `position` counts within a conversation.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

from decoder_shapes import PICTURE_END, ROW, SOUND_END

HIDDEN, LAYERS, HEADS, KV_HEADS, HEAD, PLE, RANK, STREAMS = 128, 10, 4, 2, 32, 16, 16, 4
FFN, WIDTHS, VOCABULARY, TEXT_VOCABULARY = 768, (384, 480, 576, 768), 1024, 960
GLOBAL, SHARED, SPARSE, WINDOW = (4, 9), 5, (0, 1), 128
CUT = 0.8416212335729143  # standard deviations above the mean that 20% of a normal distribution exceed
SOUND_WIDTH = 96
THETA = (1e4, 1e6)


def product(x, w):
    return F.linear(x.bfloat16(), w.bfloat16()).float()


def rms(x, w=None):
    y = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)
    return y if w is None else y * w


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        p = {}
        normal = lambda *shape, std=None: nn.Parameter(torch.randn(*shape) * (shape[-1] ** -0.5 if std is None else std))
        constant = lambda n, value: nn.Parameter(torch.full((n,), float(value)))
        p["embed_tokens.weight"] = normal(VOCABULARY, HIDDEN)
        p["embed_tokens_per_layer.weight"] = normal(TEXT_VOCABULARY, LAYERS * PLE, std=PLE**-0.5)
        p["embed_tokens_per_layer.weight"].data[0] = 0
        p["per_layer_model_projection.weight"] = normal(LAYERS * PLE, HIDDEN)
        p["per_layer_projection_norm.weight"] = constant(PLE, 1)
        p["norm.weight"] = constant(HIDDEN, 1)
        for i in range(STREAMS - 1):
            p[f"altup_projections.{i}.weight"] = normal(HIDDEN, HIDDEN)
            p[f"altup_unembed_projections.{i}.weight"] = normal(HIDDEN, HIDDEN)
        for layer in range(LAYERS):
            q = {}
            q["altup.correct_output_scale"] = constant(HIDDEN, 1)
            q["altup.correction_coefs.weight"] = normal(STREAMS, STREAMS, std=0.02)
            q["altup.prediction_coefs.weight"] = normal(STREAMS * STREAMS, STREAMS, std=0.02)
            q["altup.modality_router.weight"] = normal(STREAMS, HIDDEN, std=1)
            q["altup.router_norm.weight"] = constant(HIDDEN, 1)
            for name in ("input_layernorm", "pre_feedforward_layernorm"):
                q[f"{name}.weight"] = constant(HIDDEN, 1)
            for name in ("post_attention_layernorm", "post_feedforward_layernorm", "post_per_layer_input_norm", "laurel.post_laurel_norm"):
                q[f"{name}.weight"] = constant(HIDDEN, 0.5)
            q["laurel.linear_left.weight"] = normal(RANK, HIDDEN)
            q["laurel.linear_right.weight"] = normal(HIDDEN, RANK)
            q["mlp.gate_proj.weight"] = normal(FFN, HIDDEN)
            q["mlp.up_proj.weight"] = normal(FFN, HIDDEN)
            q["mlp.down_proj.weight"] = normal(HIDDEN, FFN)
            q["per_layer_input_gate.weight"] = normal(PLE, HIDDEN)
            q["per_layer_projection.weight"] = normal(HIDDEN, PLE)
            q["self_attn.q_proj.weight"] = normal(HEADS * HEAD, HIDDEN)
            q["self_attn.o_proj.weight"] = normal(HIDDEN, HEADS * HEAD)
            q["self_attn.q_norm.weight"] = constant(HEAD, HEAD**-0.25)
            if layer < SHARED:
                q["self_attn.k_proj.weight"] = normal(KV_HEADS * HEAD, HIDDEN)
                q["self_attn.v_proj.weight"] = normal(KV_HEADS * HEAD, HIDDEN)
                q["self_attn.k_norm.weight"] = constant(HEAD, HEAD**-0.25)
            p.update({f"layers.{layer}.{k}": v for k, v in q.items()})
        self.names = list(p)
        self.weights = nn.ParameterList(p.values())
        self.index = {k: i for i, k in enumerate(p)}
        # What belongs to the soft tokens. `picture_mix` is folded into the picture projection when the model is written.
        self.picture_mix = nn.Parameter(torch.eye(HIDDEN))
        self.picture_end = nn.Parameter(torch.randn(HIDDEN))
        self.sound_norm = nn.Parameter(torch.ones(SOUND_WIDTH))
        self.sound_projection = normal(HIDDEN, SOUND_WIDTH)
        self.sound_ids = nn.Parameter(torch.randn(2, SOUND_WIDTH))  # the end of a sound, and padding
        for k, table in enumerate(rope_tables()):
            self.register_buffer(f"rope{k}", table, persistent=False)

    def __getitem__(self, name):
        return self.weights[self.index[name]]

    def layer(self, i, names):
        return [self[f"layers.{i}.{n}"] for n in names]

    def split(self):
        """(matrices for Muon, other parameters, {id: factor on the Muon rate})"""
        matrices, others = [], []
        for name, p in zip(self.names, self.weights):
            dense = p.ndim == 2 and min(p.shape) >= 16 and "embed" not in name and "router" not in name
            (matrices if dense else others).append(p)
        matrices += [self.picture_mix, self.sound_projection]
        others += [self.picture_end, self.sound_norm, self.sound_ids]
        return matrices, others, {id(self.picture_mix): 0.2}


BEFORE = """altup.router_norm.weight altup.modality_router.weight altup.prediction_coefs.weight input_layernorm.weight
laurel.linear_left.weight laurel.linear_right.weight laurel.post_laurel_norm.weight self_attn.q_proj.weight
self_attn.q_norm.weight""".split()
KEYS = "self_attn.k_proj.weight self_attn.v_proj.weight self_attn.k_norm.weight".split()
AFTER = "self_attn.o_proj.weight post_attention_layernorm.weight pre_feedforward_layernorm.weight".split()
MLP = "mlp.gate_proj.weight mlp.up_proj.weight mlp.down_proj.weight".split()
END = """post_feedforward_layernorm.weight altup.router_norm.weight altup.modality_router.weight altup.correction_coefs.weight
altup.correct_output_scale per_layer_input_gate.weight per_layer_projection.weight post_per_layer_input_norm.weight""".split()


def rope_tables():
    """[2 (cos, sin), ROW, HEAD] for local and global layers."""
    for theta in THETA:
        frequency = 1 / theta ** (torch.arange(0, HEAD, 2).float() / HEAD)
        angle = torch.outer(torch.arange(ROW).float(), frequency)
        angle = torch.cat([angle, angle], -1)
        yield torch.stack([angle.cos(), angle.sin()])


def rotate(x, cos, sin):
    half = HEAD // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


def route(x, norm, router):
    return torch.tanh(F.linear(rms(x, norm) / HIDDEN, router))


def before(h, cos, sin, router_norm, router, prediction, input_norm, left, right, laurel_norm, wq, q_norm):
    """AltUp's prediction, LAuReL and the queries."""
    n = h.shape[1]
    mix = F.linear(route(h[0], router_norm, router), prediction).view(n, STREAMS, STREAMS)
    predicted = torch.stack([h[i] + sum(h[p] * mix[:, i, p, None] for p in range(STREAMS)) for i in range(STREAMS)])
    x = rms(predicted[0], input_norm)
    laurel = x + rms(product(product(x, left), right), laurel_norm)
    q = rotate(rms(product(x, wq).view(n, HEADS, HEAD), q_norm), cos, sin)
    return predicted, x, laurel, q.bfloat16()


def keys_values(x, cos, sin, wk, wv, k_norm):
    n = x.shape[0]
    k = rotate(rms(product(x, wk).view(n, KV_HEADS, HEAD), k_norm), cos, sin)
    return k.bfloat16(), rms(product(x, wv).view(n, KV_HEADS, HEAD)).bfloat16()


def after(o, active, laurel, wo, attention_norm, ffn_norm):
    y = (active + rms(product(o, wo), attention_norm) + laurel) * (1 / math.sqrt(2))
    return y, rms(y, ffn_norm)


def ffn(x, gate, up, down, sparse):
    g, u = product(x, gate), product(x, up)
    if sparse:
        mean = g.mean(-1, keepdim=True)
        deviation = (g - mean).pow(2).mean(-1, keepdim=True).clamp_min(1e-12).sqrt()
        g = F.relu(g - (mean + deviation * CUT))
    return product(F.gelu(g, approximate="tanh") * u, down)


def end(f, y, predicted, ple, ffn_norm, router_norm, router, correction, scale, gate, projection, ple_norm):
    """AltUp's correction and the per-layer input."""
    z = y + rms(f, ffn_norm)
    mix = F.linear(route(z, router_norm, router), correction) + 1
    new = z - predicted[0]
    corrected = [predicted[i] + new * mix[:, i, None] for i in range(STREAMS)]
    g = F.gelu(product(corrected[0] * scale, gate), approximate="tanh") * ple
    extra = rms(product(g, projection), ple_norm)
    return torch.stack([corrected[0]] + [c + extra for c in corrected[1:]])


def rescale(y, like):
    """y at the root mean square of `like`."""
    target = like.pow(2).mean(-1, keepdim=True).sqrt()
    return y * target / y.pow(2).mean(-1, keepdim=True).clamp_min(1e-5).sqrt()


def start(e, ple_rows, projection, ple_norm, *altup):
    n = e.shape[0]
    ple = rms((product(e, projection) * HIDDEN**-0.5).view(n, LAYERS, PLE), ple_norm)
    ple = (ple + ple_rows.view(n, LAYERS, PLE)) * 2**-0.5
    return torch.stack([e] + [rescale(product(e, w), e) for w in altup]), ple


def finish(h, norm, *unembed):
    return rms(sum([h[0]] + [rescale(product(h[i + 1], w), h[0]) for i, w in enumerate(unembed)]) / STREAMS, norm)


def losses(x, table, target):
    return F.cross_entropy(30 * torch.tanh(product(x, table) / 30), target, reduction="none")


PIECES = dict(before=before, keys_values=keys_values, after=after, ffn=ffn, end=end, start=start, finish=finish)
def compile_pieces():
    torch._dynamo.config.suppress_errors = True
    torch._dynamo.config.recompile_limit = 64
    for name in PIECES:
        PIECES[name] = torch.compile(PIECES[name], dynamic=False)


def embed(m, ids, picture_at, sound_at, pictures, sounds, padding):
    """ids [N]; picture_at, sound_at [N]: cell of the media below, or -1; pictures [K, 16, 128], sounds [K, 20, 96]: cached
    features; padding [K, 20] bool."""
    e = m["embed_tokens.weight"][ids] * HIDDEN**0.5
    e = torch.where((ids == PICTURE_END)[:, None], rms(m.picture_end), e)
    if pictures is not None:
        soft = rms(product(pictures, m.picture_mix)).view(-1, HIDDEN)
        e = torch.where((picture_at >= 0)[:, None], soft[picture_at.clamp(min=0)], e)
    hard = rms(product(rms(m.sound_ids), m.sound_projection))
    e = torch.where((ids == SOUND_END)[:, None], hard[0], e)
    if sounds is not None:
        soft = rms(product(rms(sounds.float(), m.sound_norm), m.sound_projection))
        soft = torch.where(padding[..., None], hard[1], soft).view(-1, HIDDEN)
        e = torch.where((sound_at >= 0)[:, None], soft[sound_at.clamp(min=0)], e)
    rows = m["embed_tokens_per_layer.weight"][torch.where(ids < TEXT_VOCABULARY, ids, 0)] * PLE**0.5
    return e, rows


def masks(segment):
    """(local, global) [B, 1, T, T]: same conversation, not later, and within the window."""
    t = torch.arange(segment.shape[1], device=segment.device)
    same = (segment[:, :, None] == segment[:, None]) & (t[:, None] >= t[None])
    return (same & (t[:, None] - t[None] < WINDOW))[:, None], same[:, None]


def attend(q, k, v, mask):
    """Attention at scale 1; on a CPU in plain products, whose backward pass is faster there."""
    if q.is_cuda:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=1.0)
    scores = torch.matmul(q, k.mT).float().masked_fill(~mask, -1e9)
    return torch.matmul(scores.softmax(-1).to(v.dtype), v)


def forward(m, ids, segment, position, media, width=FFN, keep=None):
    """ids, segment, position [B, T] → [B · T, 128] before the head. media: the last five arguments of `embed`, [B · T] where
    they go by token. keep [LAYERS] 0 or 1 as float: a layer with 0 is skipped."""
    b, t = ids.shape
    f = PIECES
    e, rows = embed(m, ids.flatten(), *media)
    altup = [m[f"altup_projections.{i}.weight"] for i in range(STREAMS - 1)]
    h, ple = f["start"](e, rows, m["per_layer_model_projection.weight"], m["per_layer_projection_norm.weight"], *altup)
    mask = masks(segment)
    rope = [table[:, position.flatten(), None] for table in (m.rope0, m.rope1)]
    heads = lambda x, n: x.view(b, t, n, HEAD).transpose(1, 2)
    store = {}
    for i in range(LAYERS):
        kind = int(i in GLOBAL)
        cos, sin = rope[kind]
        predicted, x, laurel, q = f["before"](h, cos, sin, *m.layer(i, BEFORE))
        if i < SHARED:
            k, v = f["keys_values"](x, cos, sin, *m.layer(i, KEYS))
            store[kind] = [heads(y, KV_HEADS).repeat_interleave(HEADS // KV_HEADS, 1) for y in (k, v)]
        k, v = store[kind]
        o = attend(heads(q, HEADS), k, v, mask[kind])
        y, z = f["after"](o.transpose(1, 2).reshape(b * t, -1), predicted[0], laurel, *m.layer(i, AFTER))
        gate, up, down = m.layer(i, MLP)
        z = f["ffn"](z, gate[:width], up[:width], down[:, :width], i in SPARSE)
        new = f["end"](z, y, predicted, ple[:, i].contiguous(), *m.layer(i, END))
        h = new if keep is None or not 5 <= i <= 8 else torch.lerp(h, new, keep[i])
    unembed = [m[f"altup_unembed_projections.{i}.weight"] for i in range(STREAMS - 1)]
    return f["finish"](h, m["norm.weight"], *unembed)
