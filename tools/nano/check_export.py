"""The written folder against the training code: check_export.py TRAINED MODEL DATA

Soft tokens of random pictures and sounds, and the last hidden states of a prompt with both; prints the largest differences
(bfloat16 products in training: expect about a hundredth)."""

import sys

import torch

import compat  # noqa: F401
import decoder
import sounds
from batches import Encoder
from decoder_shapes import PICTURE, SOUND
from hearing import Hearing
from training import round_weights
from transformers import Gemma3nForConditionalGeneration
from vision import Vision


def restore(model, path):
    model.load_state_dict(torch.load(path, map_location="cpu")["weights"])
    round_weights(model)
    return model.eval()


@torch.no_grad()
def main(trained, folder, data):
    torch.manual_seed(0)
    net = Gemma3nForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    classes, colours = (torch.load(f"{trained}/vision.pt", map_location="cpu")["weights"][f"{k}.bias"] for k in ("classes", "colours"))
    seen = restore(Vision(len(classes), len(colours)), f"{trained}/vision.pt")
    heard = restore(Hearing(), f"{trained}/sound.pt")
    m = restore(decoder.Decoder(), f"{trained}/decoder.pt")
    pictures = torch.rand(3, 64, 64, 3)
    features = sounds.logmel(torch.randn(2, sounds.SAMPLES) * 0.1)[:, : sounds.FRAMES]
    own = decoder.rms(seen.soft_tokens(pictures) @ m.picture_mix.T)
    want = net.model.get_image_features(pictures.permute(0, 3, 1, 2), return_dict=True).pooler_output
    print("picture tokens", (own - want).abs().max().item(), "of", want.abs().mean().item())
    valid = torch.zeros(features.shape[:2], dtype=torch.bool)
    spoken = heard(features)[0]
    own = decoder.rms(decoder.rms(spoken, m.sound_norm) @ m.sound_projection.T)
    want = net.model.get_audio_features(features, valid, return_dict=True).pooler_output
    print("sound tokens", (own - want).abs().max().item(), "of", want.abs().mean().item())
    turns = [(["What is this?", ("picture", 0)], "A cat.", False), ([("sound", 1), "What do you hear?"], "five", False)]
    ids = torch.tensor([Encoder(data).conversation("Be kind.", turns)[0]])
    places = []
    for token in (PICTURE, SOUND):
        at = torch.full(ids.shape, -1)
        at[ids == token] = torch.arange(int((ids == token).sum()))
        places.append(at.flatten())
    padding = torch.zeros(1, 20, dtype=torch.bool)
    media = (*places, seen.soft_tokens(pictures[:1]), spoken[:1], padding)
    position = torch.arange(ids.shape[1])[None]
    own = decoder.forward(m, ids, torch.zeros_like(ids), position, media)
    kwargs = dict(pixel_values=pictures[:1].permute(0, 3, 1, 2), input_features=features[:1])
    mask = torch.ones(1, sounds.FRAMES, dtype=torch.bool)
    want = net.model(input_ids=ids, input_features_mask=mask, **kwargs, use_cache=False).last_hidden_state[0]
    print("hidden states", (own - want).abs().max().item(), "mean", (own - want).abs().mean().item(), "of", want.abs().mean().item())


if __name__ == "__main__":
    main(*sys.argv[1:4])
