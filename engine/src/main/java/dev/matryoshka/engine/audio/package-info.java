/** The sound tower: a Conformer. */
@NullMarked
package dev.matryoshka.engine.audio;

import org.jspecify.annotations.NullMarked;
