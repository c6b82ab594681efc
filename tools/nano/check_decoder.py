"""The training decoder against transformers on random weights: largest difference of the last hidden state, in float32."""

import json, sys

import torch

import compat  # noqa: F401
import decoder
from transformers.models.gemma3n.configuration_gemma3n import Gemma3nTextConfig
from transformers.models.gemma3n.modeling_gemma3n import Gemma3nTextModel

torch.manual_seed(0)
decoder.product = torch.nn.functional.linear
m = decoder.Decoder()
for p in m.weights:
    p.data += torch.randn_like(p) * 0.05 * p.std().clamp_min(0.1) if p.numel() > 1 else 0
config = Gemma3nTextConfig(**json.load(open(f"{sys.argv[1]}/config.json"))["text_config"])
reference = Gemma3nTextModel(config).eval()
missing = reference.load_state_dict({k: m[k].data for k in m.names}, strict=False)
torch.Tensor.bfloat16 = lambda x: x
ids = torch.randint(0, 960, (2, 150))
position = torch.arange(150).expand(2, -1)
with torch.no_grad():
    want = reference(input_ids=ids, use_cache=False).last_hidden_state
    got = decoder.forward(m, ids, torch.zeros_like(ids), position, (None,) * 5).view_as(want)
    two = torch.cat([ids[:, :70], ids[:, 70:140]], 0)  # two conversations in a row attend to themselves only
    packed = decoder.forward(m, ids[:, :140], (position[:, :140] >= 70).long(), position[:, :140] % 70, (None,) * 5)
    apart = decoder.forward(m, two, torch.zeros_like(two), position[:, :70].repeat(2, 1), (None,) * 5)
print("not loaded:", missing)
print("largest difference", (got - want).abs().max().item(), "of", want.abs().mean().item())
packed, apart = packed.view(2, 2, 70, -1), apart.view(2, 2, 70, -1).transpose(0, 1)
print("packed against apart", (packed - apart).abs().max().item())
