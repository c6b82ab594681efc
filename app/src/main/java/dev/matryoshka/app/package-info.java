/** Wiring, life cycle and the command line. */
@NullMarked
package dev.matryoshka.app;

import org.jspecify.annotations.NullMarked;
