/** The embedded model, its samples and the program's fonts. */
@NullMarked
package dev.matryoshka.assets;

import org.jspecify.annotations.NullMarked;
