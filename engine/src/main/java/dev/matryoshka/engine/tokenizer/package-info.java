/** Text to ids and back; the chat turn format. */
@NullMarked
package dev.matryoshka.engine.tokenizer;

import org.jspecify.annotations.NullMarked;
