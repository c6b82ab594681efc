/** Prefill and decode. */
@NullMarked
package dev.matryoshka.engine.generation;

import org.jspecify.annotations.NullMarked;
