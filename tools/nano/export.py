"""Writes the Hugging Face folder of a training: export.py TRAINED DATA OUT

TRAINED holds vision.pt, sound.pt and decoder.pt of train.py. Blocks of the picture tower that were left out become exact
identities; the projection learnt with the tower and the decoder's mix of it become one matrix.
"""

import json, os, shutil, sys

import torch

import compat  # noqa: F401
import decoder
import vision
from hearing import CONFIG
from transformers import Gemma3nConfig, Gemma3nForConditionalGeneration

HERE = os.path.dirname(os.path.abspath(__file__))
TEMPLATE = f"{HERE}/template"  # configuration, chat template and preprocessing of the folder


def towers(net, trained):
    """{name in the folder: tensor} of the two towers and the picture projection."""
    state = net.state_dict()
    seen = torch.load(f"{trained}/vision.pt", map_location="cpu")["weights"]
    heard = torch.load(f"{trained}/sound.pt", map_location="cpu")["weights"]
    new = {}
    for name, value in state.items():
        if name.startswith("model.vision_tower.timm_model."):
            own = "tower." + name.removeprefix("model.vision_tower.timm_model.")
            if own not in seen:
                parts = own.split(".")
                assert parts[1] == "blocks" and int(parts[3]) not in vision.LIVE[int(parts[2])], own
            new[name] = seen.get(own, torch.zeros_like(value))
        elif name.startswith("model.audio_tower."):
            own = name.removeprefix("model.audio_tower.")
            new[name] = heard.get(own, value)
            if own not in heard:
                print("as made:", name)
    return new, seen


def embedders(m, seen):
    """The two multimodal embedders. The free embedding of a picture's end becomes a row that the projection maps to it."""
    rounded = lambda x: x.bfloat16().float()
    projection = m.picture_mix.detach() @ rounded(seen["projection.weight"])
    end = torch.linalg.pinv(rounded(projection).double()) @ m.picture_end.detach().double()
    pictures, sounds = torch.zeros(32, vision.FEATURES), torch.zeros(32, decoder.SOUND_WIDTH)
    pictures[0] = (end / end.pow(2).mean().sqrt()).float()
    sounds[0], sounds[31] = m.sound_ids.detach()
    return {
        "model.embed_vision.embedding.weight": pictures,
        "model.embed_vision.embedding_projection.weight": projection,
        "model.embed_vision.soft_embedding_norm.weight": seen["norm"],
        "model.embed_vision.hard_embedding_norm.weight": torch.ones(vision.FEATURES),
        "model.embed_audio.embedding.weight": sounds,
        "model.embed_audio.embedding_projection.weight": m.sound_projection.detach(),
        "model.embed_audio.soft_embedding_norm.weight": m.sound_norm.detach(),
        "model.embed_audio.hard_embedding_norm.weight": torch.ones(decoder.SOUND_WIDTH),
    }


def main(trained, data, out):
    os.makedirs(out, exist_ok=True)
    config = json.load(open(f"{TEMPLATE}/config.json"))
    made = {k: v for k, v in config.items() if k not in ("architectures", "transformers_version", "dtype", "model_type")}
    assert all(config["audio_config"][k] == v for k, v in CONFIG.items())
    torch.manual_seed(0)
    net = Gemma3nForConditionalGeneration(Gemma3nConfig(**made)).float().eval()
    m = decoder.Decoder()
    m.load_state_dict(torch.load(f"{trained}/decoder.pt", map_location="cpu")["weights"])
    new, seen = towers(net, trained)
    new.update(embedders(m, seen))
    new.update({f"model.language_model.{k}": m[k].detach() for k in m.names})
    new["lm_head.weight"] = m["embed_tokens.weight"].detach()
    state = net.state_dict()
    missing = [k for k in state if k not in new]
    assert not missing, missing
    net.load_state_dict({k: v.reshape(state[k].shape) for k, v in new.items()})
    net.tie_weights()
    net.bfloat16()
    net.generation_config.update(bos_token_id=2, eos_token_id=[1, 6], pad_token_id=0, do_sample=False)
    net.save_pretrained(out)
    for name in os.listdir(TEMPLATE):
        if name != "config.json":
            shutil.copy(f"{TEMPLATE}/{name}", out)
    shutil.copy(f"{data}/tokenizer.json", out)
    sizes = {f: os.path.getsize(f"{out}/{f}") for f in sorted(os.listdir(out))}
    print(sizes, f"{sum(sizes.values()) / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4])
