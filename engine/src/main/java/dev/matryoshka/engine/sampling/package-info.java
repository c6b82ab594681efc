/** Logits to the next token. */
@NullMarked
package dev.matryoshka.engine.sampling;

import org.jspecify.annotations.NullMarked;
