"""Puts a trained model into the program: samples.py MODEL RESOURCES

RESOURCES is assets/src/main/resources/dev/matryoshka/assets. Copies MODEL to RESOURCES/model, asks it every question of
RESOURCES/samples with transformers (greedy), writes the answers as `reference`, and index.txt anew. The program's SamplesTest then
holds the engine to them: `./mvnw test -pl app -am -Dtest=SamplesTest -Dsurefire.failIfNoSpecifiedTests=false`.
"""

import hashlib, json, os, shutil, sys

import soundfile
import torch
from PIL import Image

from evaluate import Model


def answer(model, folder, turns, parts):
    """The answer to a turn's parts (file names and texts) after the turns before it."""
    images, waves, conversation = [], [], []
    for said, reply in [*turns, (parts, None)]:
        shown = []
        for part in said:
            if part.endswith(".png"):
                images.append(Image.open(f"{folder}/{part}"))
                shown.append("<image>")
            elif part.endswith(".wav"):
                waves.append(soundfile.read(f"{folder}/{part}", dtype="float32")[0])
                shown.append("<audio>")
            elif part:
                shown.append(part)
        conversation.append((shown, reply))
    media = dict(images=[images]) if images else {}
    if waves:
        media["audio"] = waves
    x = model.processor(text=[model.prompt(conversation)], return_tensors="pt", **media)
    x.pop("token_type_ids", None)
    with torch.no_grad():
        y = model.net.generate(**x, max_new_tokens=64, do_sample=False)
    return model.processor.tokenizer.decode(y[0, x["input_ids"].shape[1] :], skip_special_tokens=True).strip()


def main(folder, resources):
    model, samples = Model(folder, 768, ()), f"{resources}/samples"
    questions = json.load(open(f"{samples}/expected.json"))
    for q in questions:
        parts = [q["file"], q["question"]]
        q["reference"] = answer(model, samples, [], parts if q["order"] == "media first" else parts[::-1])
    conversations = json.load(open(f"{samples}/conversations.json"))
    for turns in conversations:
        before = []
        for turn in turns:
            turn["reference"] = answer(model, samples, before, turn["user"])
            before.append((turn["user"], turn["reference"]))
    for name, data in (("expected", questions), ("conversations", conversations)):
        json.dump(data, open(f"{samples}/{name}.json", "w"), indent=1)
    asked = questions + [turn for turns in conversations for turn in turns]
    print(f"{sum(q['reference'] == q['expected'] for q in asked)} of {len(asked)} answers are right; the others:")
    for q in asked:
        if q["reference"] != q["expected"]:
            print(q.get("file", q.get("user")), q.get("question", ""), "|", q["expected"], "|", q["reference"])
    if os.path.abspath(folder) != os.path.abspath(f"{resources}/model"):
        shutil.copytree(folder, f"{resources}/model", dirs_exist_ok=True)
    with open(f"{resources}/index.txt", "w") as index:
        for part in ("model", "samples"):
            for name in sorted(os.listdir(f"{resources}/{part}")):
                data = open(f"{resources}/{part}/{name}", "rb").read()
                index.write(f"{hashlib.sha256(data).hexdigest()} {len(data)} {part}/{name}\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])
