/** Chats in SQLite. */
@NullMarked
package dev.matryoshka.app.history;

import org.jspecify.annotations.NullMarked;
