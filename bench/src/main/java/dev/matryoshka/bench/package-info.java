/** JMH benchmarks of the kernels, never shipped. */
@NullMarked
package dev.matryoshka.bench;

import org.jspecify.annotations.NullMarked;
