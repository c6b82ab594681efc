/** Thin OpenCL that knows nothing of the model. */
@NullMarked
package dev.matryoshka.gpu.cl;

import org.jspecify.annotations.NullMarked;
