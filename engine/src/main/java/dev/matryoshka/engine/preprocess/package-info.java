/** Pixels and samples to model input. */
@NullMarked
package dev.matryoshka.engine.preprocess;

import org.jspecify.annotations.NullMarked;
