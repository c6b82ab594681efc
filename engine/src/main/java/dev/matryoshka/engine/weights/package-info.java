/** Files to named tensors, all memory-mapped in their stored type. */
@NullMarked
package dev.matryoshka.engine.weights;

import org.jspecify.annotations.NullMarked;
