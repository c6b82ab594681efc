/** What the towers see and hear, in the decoder's space. */
@NullMarked
package dev.matryoshka.engine.multimodal;

import org.jspecify.annotations.NullMarked;
