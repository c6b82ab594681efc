/** Pictures and sounds on their way into a prompt. */
@NullMarked
package dev.matryoshka.ui.attachment;

import org.jspecify.annotations.NullMarked;
