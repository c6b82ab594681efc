/** Cameras to pictures. */
@NullMarked
package dev.matryoshka.media.camera;

import org.jspecify.annotations.NullMarked;
