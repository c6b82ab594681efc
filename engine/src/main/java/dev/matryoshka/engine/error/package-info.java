/** Typed failures, each a single line that says what to do. */
@NullMarked
package dev.matryoshka.engine.error;

import org.jspecify.annotations.NullMarked;
