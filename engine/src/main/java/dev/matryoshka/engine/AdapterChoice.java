package dev.matryoshka.engine;

import java.nio.file.Path;

/**
 * A LoRA adapter to use.
 *
 * @param folder with {@code adapter_config.json} and {@code adapter_model.safetensors}, as PEFT saves them
 * @param strength 1 as it was trained, 0 for none; any finite number
 */
public record AdapterChoice(Path folder, float strength) {}
