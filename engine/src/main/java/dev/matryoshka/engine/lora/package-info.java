/** Low-rank adapters (LoRA, Hu et al. 2021, arXiv 2106.09685) as PEFT saves them. */
@NullMarked
package dev.matryoshka.engine.lora;

import org.jspecify.annotations.NullMarked;
