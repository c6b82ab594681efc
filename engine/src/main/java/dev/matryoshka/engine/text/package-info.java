/** The decoder, written once against the seam. */
@NullMarked
package dev.matryoshka.engine.text;

import org.jspecify.annotations.NullMarked;
