/** Picture files to pixels. */
@NullMarked
package dev.matryoshka.media.image;

import org.jspecify.annotations.NullMarked;
