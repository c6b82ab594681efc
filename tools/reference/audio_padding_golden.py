#!/usr/bin/env python3
"""Golden data for a sound with padding at its end, by transformers' Gemma3nAudioEncoder in float32.

    python audio_padding_golden.py --model tiny-multimodal --out tiny-multimodal/cases/audio-padded.safetensors

The features are those of another case of the folder, longer by frames of the log-mel floor that the mask marks as
padding, as a batch with a longer sound has them.
"""
import argparse, math
import numpy as np
import torch
from safetensors import safe_open
from safetensors.numpy import save_file
from transformers import Gemma3nConfig
from transformers.models.gemma3n.modeling_gemma3n import Gemma3nAudioEncoder

PREFIX = "model.audio_tower."
PADDING = 43                                   # mel frames: more than one chunk of attention after subsampling


def main(model, case, out):
    torch.set_grad_enabled(False)
    tower = Gemma3nAudioEncoder(Gemma3nConfig.from_pretrained(model).audio_config).eval().float()
    with safe_open(f"{model}/model.safetensors", "pt") as f:
        tower.load_state_dict({k[len(PREFIX):]: f.get_tensor(k).float() for k in f.keys() if k.startswith(PREFIX)})
    with safe_open(f"{model}/cases/{case}.safetensors", "np") as f:
        features = f.get_tensor("input_features")
    frames = len(features)
    features = np.pad(features, ((0, PADDING), (0, 0)), constant_values=np.float32(math.log(1e-5)))
    mask = np.arange(len(features)) < frames
    captured = {}
    tower.subsample_conv_projection.register_forward_hook(lambda m, a, o: captured.__setitem__("subsample", o[0].numpy()))
    for i, block in enumerate(tower.conformer):
        block.register_forward_hook(lambda m, a, o, i=i: captured.__setitem__(f"conformer.{i}", o[0].numpy()))
    result = tower(torch.from_numpy(features)[None], ~torch.from_numpy(mask)[None])
    save_file({k: np.ascontiguousarray(v) for k, v in {
        "input_features": features, "input_features_mask": mask.astype(np.uint8), **captured,
        "last_hidden_state": result.last_hidden_state[0].numpy(),
        "output_mask": result.audio_mel_mask[0].numpy().astype(np.uint8)}.items()}, out)


if __name__ == "__main__":
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--model", required=True)
    a.add_argument("--case", default="audio-12800")
    a.add_argument("--out", required=True)
    args = a.parse_args()
    main(args.model, args.case, args.out)
