/** Chats that outlive the window: what is kept, and the list of them. */
@NullMarked
package dev.matryoshka.ui.history;

import org.jspecify.annotations.NullMarked;
