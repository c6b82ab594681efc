/** The backend on the Vector API. */
@NullMarked
package dev.matryoshka.engine.cpu;

import org.jspecify.annotations.NullMarked;
