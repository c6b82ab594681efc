/** Camera and microphone in the composer. */
@NullMarked
package dev.matryoshka.ui.capture;

import org.jspecify.annotations.NullMarked;
