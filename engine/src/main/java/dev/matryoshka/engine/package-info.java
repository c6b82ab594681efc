/** The only way in: load a {@link dev.matryoshka.engine.Gemma3n}, open a {@link dev.matryoshka.engine.ChatSession}, send prompts. */
@NullMarked
package dev.matryoshka.engine;

import org.jspecify.annotations.NullMarked;
