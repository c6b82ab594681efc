package dev.matryoshka.engine;

import dev.matryoshka.engine.lora.LoraAdapter;

/**
 * An adapter and how much of it.
 *
 * @param strength 1 as it was trained, 0 for none
 */
record AdapterUse(LoraAdapter adapter, float strength) {}
