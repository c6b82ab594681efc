/** The seam: a closed vocabulary of operations that records. */
@NullMarked
package dev.matryoshka.engine.backend;

import org.jspecify.annotations.NullMarked;
