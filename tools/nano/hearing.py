"""The sound tower: Gemma 3n's Conformer in small, with heads for words (20 soft tokens) and phones (80 frames), thrown away later."""

import torch
import torch.nn as nn
import torch.nn.functional as F

import compat  # noqa: F401
from transformers.models.gemma3n import modeling_gemma3n as gemma
from transformers.models.gemma3n.configuration_gemma3n import Gemma3nAudioConfig

from sounds import PHONES
from words import UNKNOWN, VOCABULARY

CONFIG = dict(
    hidden_size=96, conf_num_attention_heads=4, conf_num_hidden_layers=4, sscp_conv_channel_size=[16, 16],
    conf_attention_chunk_size=12, conf_attention_context_left=13, conf_attention_context_right=0, conf_conv_kernel_size=5,
    conf_reduction_factor=4, input_feat_size=128, vocab_size=32, vocab_offset=992,
)  # fmt: skip


class Norm(nn.Module):
    """Gemma3nRMSNorm in one call."""

    def __init__(self, dim, eps=1e-6, with_scale=True):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim)) if with_scale else None

    def forward(self, x):
        return F.rms_norm(x.float(), x.shape[-1:], self.weight, self.eps)


class Hearing(nn.Module):
    def __init__(self):
        super().__init__()
        config = Gemma3nAudioConfig(**CONFIG)
        original, gemma.Gemma3nRMSNorm = gemma.Gemma3nRMSNorm, Norm
        self.subsample_conv_projection = gemma.Gemma3nAudioSubSampleConvProjection(config)
        blocks = [gemma.Gemma3nAudioConformerBlock(config) for _ in range(config.conf_num_hidden_layers)]
        gemma.Gemma3nRMSNorm = original
        self.conformer = nn.ModuleList(blocks)
        self.head_norm = Norm(config.hidden_size)
        self.words = nn.Linear(config.hidden_size, len(VOCABULARY))
        self.phones = nn.Linear(config.hidden_size, PHONES)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, std=m.in_features**-0.5)

    def forward(self, x):
        """Log-mel [B, 317, 128] → (soft tokens [B, 20, 96], frames of the last block but one [B, 80, 96])"""
        h = self.subsample_conv_projection(x)
        valid = torch.zeros(h.shape[:2], dtype=torch.bool, device=x.device)
        for i, block in enumerate(self.conformer):
            h = block(h, valid)
            if i == len(self.conformer) - 2:
                middle = h
        return h[:, ::4], middle

    def losses(self, x, words, phones):
        """CTC of words and of phones. words: ids a sound; phones: ids a sound, None where unknown."""
        tokens, middle = self(x)
        word = ctc(self.words(self.head_norm(tokens)).float(), words)
        known = [i for i, p in enumerate(phones) if p is not None]
        spoken = ctc(self.phones(middle[known]).float(), [phones[i] for i in known])
        return word / 3, spoken / 12

    def split(self):
        matrices, others = [], []
        for name, p in self.named_parameters():
            muon = p.ndim >= 2 and not name.startswith(("words", "phones")) and "depthwise" not in name
            (matrices if muon else others).append(p)
        return matrices, others


def ctc(logits, targets):
    device = logits.device
    flat = torch.tensor([t for ts in targets for t in ts] or [0], device=device)
    lengths = torch.tensor([len(t) for t in targets])
    frames = torch.full((len(targets),), logits.shape[1])
    x = logits.log_softmax(-1).transpose(0, 1)
    return F.ctc_loss(x, flat, frames, lengths, reduction="none", zero_infinity=True).mean()


def decode(logits):
    """The most likely word of each frame, repetitions and blanks dropped: a list of words a sound."""
    out = []
    for row in logits.argmax(-1).tolist():
        words = [VOCABULARY[a] for a, b in zip(row, [0] + row) if a and a != b]
        out.append([w for i, w in enumerate(words) if not (w == UNKNOWN and i and words[i - 1] == UNKNOWN)])
    return out
