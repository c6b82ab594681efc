/** The conversation: messages, composer, view model. */
@NullMarked
package dev.matryoshka.ui.chat;

import org.jspecify.annotations.NullMarked;
