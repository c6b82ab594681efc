/** The size panel: what a model's slices cost, and choosing one. */
@NullMarked
package dev.matryoshka.ui.size;

import org.jspecify.annotations.NullMarked;
