/** GGUF files: metadata and tensors, all memory-mapped, and the names that Gemma 3n's tensors have in them. */
@NullMarked
package dev.matryoshka.engine.weights.gguf;

import org.jspecify.annotations.NullMarked;
