/** Video files to pictures and sound. */
@NullMarked
package dev.matryoshka.media.video;

import org.jspecify.annotations.NullMarked;
