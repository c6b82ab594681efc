/** Sound files to samples. */
@NullMarked
package dev.matryoshka.media.audio;

import org.jspecify.annotations.NullMarked;
