/** A model's files, in whichever format, to configuration, weights and tokenizer. */
@NullMarked
package dev.matryoshka.engine.checkpoint;

import org.jspecify.annotations.NullMarked;
