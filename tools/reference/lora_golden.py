#!/usr/bin/env python3
"""Golden data for LoRA adapters: PEFT's folders, and what transformers' Gemma3nForCausalLM says after PEFT's merge.

    python lora_golden.py --model tiny-text --out tiny-text

writes adapters/wide and adapters/stable below --out, and cases/lora-*.safetensors. The merge is that of
`peft.tuners.lora.Linear.get_delta_weight`: W + (B @ A) * scaling in float32, scaling = alpha / r, or alpha / sqrt(r) with
use_rslora, times the strength. Values follow from numpy's PCG64 with a fixed seed.
"""
import argparse, json, math, os, re
import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import Gemma3nForCausalLM, Gemma3nTextConfig

EVERY = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj",
         "mlp.down_proj", "laurel.linear_left", "laurel.linear_right", "per_layer_input_gate", "per_layer_projection"]
ADAPTERS = {
    # every linear layer, ranks and alphas of its own for some
    "wide": (dict(r=4, lora_alpha=6, rank_pattern={"mlp.up_proj": 6}, alpha_pattern={"q_proj": 3, "layers.2.mlp.down_proj": 9},
                  use_rslora=False), EVERY, range(10), torch.float32),
    # some layers, scaled by the root of the rank, stored in bfloat16
    "stable": (dict(r=3, lora_alpha=2, rank_pattern={}, alpha_pattern={}, use_rslora=True),
               ["self_attn.q_proj", "mlp.down_proj"], range(2, 8), torch.bfloat16),
}
CASES = {"wide": ({"wide": 1.0}, None), "both": ({"wide": 0.5, "stable": -1.5}, None), "wide-half": ({"wide": 1.0}, [64] * 10),
         "both-skip-6-7": ({"wide": 1.0, "stable": 1.0}, ([6, 7], [128, 64] * 5))}


def pattern(patterns, module, otherwise):
    return next((v for k, v in patterns.items() if re.match(rf"(.*\.)?({k})$", module)), otherwise)


def make(name, state, out):
    config, targets, layers, dtype = ADAPTERS[name]
    random = np.random.default_rng(sorted(ADAPTERS).index(name))
    tensors = {}
    for module in [k[:-len(".weight")] for k in state]:
        match = re.fullmatch(r"model\.layers\.(\d+)\.(.+)", module)
        if match and match[2] in targets and int(match[1]) in layers:
            rank = pattern(config["rank_pattern"], module, config["r"])
            rows, columns = state[module + ".weight"].shape
            spread = state[module + ".weight"].std().item()
            a = random.standard_normal((rank, columns)) / math.sqrt(columns)
            b = random.standard_normal((rows, rank)) * spread * math.sqrt(columns) / 2
            for part, value in (("A", a), ("B", b)):
                tensors[f"base_model.model.{module}.lora_{part}.weight"] = torch.from_numpy(value).to(dtype).contiguous()
    os.makedirs(f"{out}/adapters/{name}", exist_ok=True)
    save_file(tensors, f"{out}/adapters/{name}/adapter_model.safetensors")
    with open(f"{out}/adapters/{name}/adapter_config.json", "w") as f:
        json.dump(dict(peft_type="LORA", task_type="CAUSAL_LM", bias="none", use_dora=False, fan_in_fan_out=False,
                       init_lora_weights=True, modules_to_save=None, target_modules=targets, **config), f, indent=1)


def merge(state, name, strength, out):
    config = json.load(open(f"{out}/adapters/{name}/adapter_config.json"))
    adapter = load_file(f"{out}/adapters/{name}/adapter_model.safetensors")
    for key in [k for k in adapter if k.endswith("lora_A.weight")]:
        module = key[len("base_model.model."):-len(".lora_A.weight")]
        a, b = adapter[key].float(), adapter[key.replace("lora_A", "lora_B")].float()
        rank = pattern(config["rank_pattern"], module, config["r"])
        scaling = pattern(config["alpha_pattern"], module, config["lora_alpha"])
        scaling /= math.sqrt(rank) if config["use_rslora"] else rank
        state[module + ".weight"] = state[module + ".weight"] + (b @ a) * (scaling * strength)


def run(config, state, tokens, steps=8):
    config._attn_implementation = "eager"
    model = Gemma3nForCausalLM(config).eval()
    model.load_state_dict(state | {"lm_head.weight": state["model.embed_tokens.weight"]})
    x = torch.from_numpy(tokens)[None]
    case = {"input_ids": tokens, "logits": model(input_ids=x, use_cache=False).logits[0].numpy()}
    past, step, produced, rows = None, x, [], []
    for _ in range(steps):
        out = model(input_ids=step, past_key_values=past, use_cache=True)
        past = out.past_key_values
        rows.append(out.logits[0, -1].numpy())
        step = out.logits[0, -1].argmax()[None, None]
        produced.append(int(step))
    return case | {"greedy_ids": np.array(produced, np.int64), "greedy_logits": np.stack(rows)}


def cut(state, config, skip, ffn):
    """The Mix-n-Match cut of a checkpoint, as convert --slice writes it."""
    kept = [i for i in range(config.num_hidden_layers) if i not in skip]
    size, shared = config.hidden_size_per_layer_input, config.num_hidden_layers - config.num_kv_shared_layers
    small = {}
    for name, value in state.items():
        match = re.fullmatch(r"model\.layers\.(\d+)\.(.+)", name)
        if match:
            layer = int(match[1])
            if layer not in kept:
                continue
            if match[2] in ("mlp.gate_proj.weight", "mlp.up_proj.weight"):
                value = value[:ffn[layer]]
            elif match[2] == "mlp.down_proj.weight":
                value = value[:, :ffn[layer]]
            name = f"model.layers.{kept.index(layer)}.{match[2]}"
        elif name.endswith("embed_tokens_per_layer.weight"):
            value = value.reshape(value.shape[0], -1, size)[:, kept].reshape(value.shape[0], -1)
        elif name.endswith("per_layer_model_projection.weight"):
            value = value.reshape(-1, size, value.shape[1])[kept].reshape(-1, value.shape[1])
        small[name] = value
    changed = config.to_dict() | dict(
        num_hidden_layers=len(kept), intermediate_size=[ffn[i] for i in kept],
        layer_types=[config.layer_types[i] for i in kept], num_kv_shared_layers=sum(i >= shared for i in kept),
        activation_sparsity_pattern=[config.activation_sparsity_pattern[i] for i in kept])
    return Gemma3nTextConfig(**changed), small


def main(folder, out):
    torch.set_grad_enabled(False)
    config = Gemma3nTextConfig.from_pretrained(folder)
    base = {k: v.float() for k, v in load_file(f"{folder}/model.safetensors").items() if k != "lm_head.weight"}
    for name in ADAPTERS:
        make(name, base, out)
    tokens = (3 + np.arange(24) * 29 % 380).astype(np.int64)
    for case, (strengths, size) in CASES.items():
        state = dict(base)
        for name, strength in strengths.items():
            merge(state, name, strength, out)
        skip, ffn = ([], config.intermediate_size) if size is None else size if isinstance(size, tuple) else ([], size)
        result = run(*cut(state, config, skip, ffn), tokens)
        plain = run(*cut(base, config, skip, ffn), tokens)["logits"]
        print(case, "moves logits by", np.abs(result["logits"] - plain).max(), "of", np.abs(plain).max())
        result = result | {"strengths": np.array([strengths.get(n, 0) for n in ("wide", "stable")], np.float32),
                           "skip": np.array(skip, np.int64), "ffn": np.array(ffn, np.int64)}
        save_file({k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in result.items()}, f"{out}/cases/lora-{case}.safetensors")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    main(args.model, args.out)
