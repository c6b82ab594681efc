/** Hyper-parameters as config.json states them, and Mix-n-Match slices. */
@NullMarked
package dev.matryoshka.engine.config;

import org.jspecify.annotations.NullMarked;
